import { percentile } from './latency.ts';

export interface TrafficRow {
  minute: Date;
  what: string;
  count: number;
}

export interface MinuteFigures {
  received: number;
  replied: number;
  sent: number;
  failed: number;
  latencyP50Ms: number | undefined;
  latencyP95Ms: number | undefined;
}

export interface TurnCount {
  outcome: string;
  reason: string | undefined;
  count: number;
}

export const minuteMs = 60_000;

export const minuteOf = (time: Date): Date => new Date(Math.floor(time.getTime() / minuteMs) * minuteMs);

/** Every minute of the stretch that ends with the one of `now`, also those in which nothing was counted. */
export function figuresOf(
  rows: readonly TrafficRow[],
  at: { now: Date; minutes: number },
): { minutes: (MinuteFigures & { at: Date })[]; total: MinuteFigures; outcomes: TurnCount[] } {
  const last = minuteOf(at.now).getTime();
  const byMinute = Map.groupBy(rows, (row) => row.minute.getTime());
  const minutes = Array.from({ length: at.minutes }, (_, index) => {
    const time = last - (at.minutes - 1 - index) * minuteMs;
    return { at: new Date(time), ...figures(byMinute.get(time) ?? []) };
  });
  return { minutes, total: figures(rows), outcomes: outcomesOf(rows) };
}

function figures(rows: readonly TrafficRow[]): MinuteFigures {
  const sum = (what: string) => rows.reduce((all, row) => (row.what === what ? all + row.count : all), 0);
  const classes = new Map<number, number>();
  for (const { what, count } of rows) {
    const [kind, index] = what.split(' ');
    if (kind === 'took') classes.set(Number(index), (classes.get(Number(index)) ?? 0) + count);
  }
  return {
    received: sum('received'),
    replied: sum('turn replied'),
    sent: sum('sent'),
    failed: sum('failed'),
    latencyP50Ms: percentile(classes, 0.5),
    latencyP95Ms: percentile(classes, 0.95),
  };
}

function outcomesOf(rows: readonly TrafficRow[]): TurnCount[] {
  const counts = new Map<string, number>();
  for (const { what, count } of rows) if (what.startsWith('turn ')) counts.set(what, (counts.get(what) ?? 0) + count);
  return [...counts]
    .map(([what, count]) => {
      const [, outcome = '', reason] = what.split(' ');
      return { outcome, reason, count };
    })
    .sort((a, b) => b.count - a.count);
}
