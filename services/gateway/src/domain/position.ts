/**
 * A place in the stream of events. Sequences start again at 1 when the EVENTS stream is rebuilt; its creation time (ms) keeps
 * positions from before the rebuild apart from those after it.
 */
export interface Position {
  incarnation: number;
  sequence: number;
}

/** `<incarnation in base36>-<sequence>`: the `id:` of a frame. */
export function formatPosition(position: Position): string {
  return `${position.incarnation.toString(36)}-${position.sequence}`;
}

/** undefined when the text was never an id of ours. */
export function parsePosition(text: string): Position | undefined {
  const parts = /^([0-9a-z]{1,11})-(0|[1-9]\d{0,15})$/.exec(text);
  if (!parts) return undefined;
  const position = { incarnation: Number.parseInt(parts[1]!, 36), sequence: Number(parts[2]) };
  return Number.isSafeInteger(position.incarnation) && Number.isSafeInteger(position.sequence) ? position : undefined;
}

/** What the stream holds now. An empty stream's first is its last + 1. */
export interface Extent {
  incarnation: number;
  first: number;
  last: number;
}

/** Whether everything after `position` is still there; else why not. */
export function resumable(position: Position | undefined, extent: Extent): { ok: true } | { ok: false; reason: GapReason } {
  if (position === undefined) return { ok: false, reason: 'unknown_position' };
  if (position.incarnation !== extent.incarnation) return { ok: false, reason: 'stream_rebuilt' };
  if (position.sequence > extent.last) return { ok: false, reason: 'unknown_position' };
  if (position.sequence + 1 < extent.first) return { ok: false, reason: 'position_too_old' };
  return { ok: true };
}

export type GapReason = 'unknown_position' | 'stream_rebuilt' | 'position_too_old';
