import type { Operations } from '../data/types.ts';

type Consumer = NonNullable<Operations['consumers']>[number];

export interface Group {
  stream: string;
  name: string;
  /** How many readers share the work. */
  readers: number;
  pending: number;
  ack_pending: number;
  redelivered: number;
}

/** Readers that share one work (`conversation-state-p00` to `-p15`) as one, those that are furthest behind first. */
export function groupsOf(consumers: readonly Consumer[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of consumers) {
    const name = one.consumer.replace(/-p\d+$/, '');
    const group = groups.get(`${one.stream} ${name}`) ?? {
      stream: one.stream,
      name,
      readers: 0,
      pending: 0,
      ack_pending: 0,
      redelivered: 0,
    };
    group.readers += 1;
    group.pending += one.pending;
    group.ack_pending += one.ack_pending;
    group.redelivered += one.redelivered;
    groups.set(`${one.stream} ${name}`, group);
  }
  return [...groups.values()].sort((a, b) => b.pending - a.pending || b.ack_pending - a.ack_pending || a.name.localeCompare(b.name));
}
