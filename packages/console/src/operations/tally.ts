import type { BatonEvent } from '@baton/sdk/gen/events.ts';

/** Seconds that the chart shows. */
export const span = 180;

export interface Tally {
  /** Events by second; the last is the present one. */
  perSecond: readonly number[];
  received: number;
  sent: number;
  failed: number;
  /** Turns by outcome, and by reason where they were suppressed. */
  outcomes: Readonly<Record<string, number>>;
  latencies: readonly number[];
}

export const empty: Tally = {
  perSecond: Array.from({ length: span }, () => 0),
  received: 0,
  sent: 0,
  failed: 0,
  outcomes: {},
  latencies: [],
};

const latenciesKept = 500;

export function count(tally: Tally, events: readonly BatonEvent[]): Tally {
  const outcomes = { ...tally.outcomes };
  const latencies = [...tally.latencies];
  let { received, sent, failed } = tally;
  for (const event of events) {
    if (event.event_type === 'message.received') received++;
    if (event.event_type === 'message.sent') sent++;
    if (event.event_type === 'message.failed') failed++;
    if (event.event_type !== 'dispatch.completed' && event.event_type !== 'dispatch.failed' && event.event_type !== 'dispatch.suppressed')
      continue;
    const { outcome, reason, latency_ms } = event.payload;
    const name = outcome === 'suppressed' ? `suppressed ${reason}` : outcome;
    outcomes[name] = (outcomes[name] ?? 0) + 1;
    if (latency_ms !== null) latencies.push(latency_ms);
  }
  const perSecond = [...tally.perSecond];
  perSecond[perSecond.length - 1] = (perSecond.at(-1) ?? 0) + events.length;
  return { perSecond, received, sent, failed, outcomes, latencies: latencies.slice(-latenciesKept) };
}

/** One second on. */
export function tick(tally: Tally): Tally {
  return { ...tally, perSecond: [...tally.perSecond.slice(1), 0] };
}

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
