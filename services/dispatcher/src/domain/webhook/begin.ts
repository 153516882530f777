import { clockSkewMs } from './plan.ts';

/** How far EVENTS has been read for the endpoints. */
export interface Seen {
  streamCreated: string;
  position: number;
  /** Everything stored until then has been seen to. */
  seenUntil: Date;
}

export type Begin = { from: { sequence: number } | { time: Date }; position: number };

/** Every instance reads the endpoints anew at least twice as often. */
const noticedWithinMs = 60_000;

/**
 * Where reading begins. As a rule behind what has been seen to; but an endpoint that came to be a moment before may not have been known when the events since
 * then were seen to, so reading goes back to its birth: what is read twice is stored once. Where nobody listened for a while, that while is passed over.
 */
export function beginAt(o: {
  seen: Seen;
  stream: { created: string; last: number };
  /** From when on each endpoint takes part, and whether this reader has watched for it all that time. */
  endpoints: readonly { activeFrom: Date; covered: boolean }[];
}): Begin {
  const { seen, stream, endpoints } = o;
  const births = endpoints.map(({ activeFrom }) => activeFrom.getTime() - clockSkewMs);
  const oldest = Math.min(...births);
  if (seen.streamCreated !== stream.created || seen.position > stream.last) {
    // Of a rebuilt stream nothing is known by its position; what was delivered before is known by its event ids.
    return { from: seen.streamCreated === '' ? { time: new Date(oldest) } : { sequence: 1 }, position: 0 };
  }
  const until = seen.seenUntil.getTime();
  const { position } = seen;
  if (oldest > until) return { from: { time: new Date(oldest) }, position };
  const overlooked = endpoints.filter(({ activeFrom, covered }) => !covered && activeFrom.getTime() > until - noticedWithinMs);
  const back = Math.min(...overlooked.map(({ activeFrom }) => activeFrom.getTime() - clockSkewMs));
  return back <= until ? { from: { time: new Date(back) }, position } : { from: { sequence: position + 1 }, position };
}
