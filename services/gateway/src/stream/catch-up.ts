import { setTimeout as delay } from 'node:timers/promises';
import { resumable } from '../domain/position.ts';
import { extentOf, readStored, StreamRebuilt } from './feed.ts';
import { frameOf } from './frame.ts';
import type { Hub } from './hub.ts';
import { bufferBytes, matches, type Reader } from './reader.ts';
import { Recent } from './recent.ts';
import { Slots } from './slots.ts';

/** After a restart everybody comes back at once: so many read from the store at a time, the others wait their turn. */
const slots = new Slots(16);
const attempts = 40;

/**
 * Brings a reader that is held up to where the hub stands, from the stored stream, then lets it go live. What the hub brings meanwhile is held; if
 * that is too much, the next round reads it from the store as well. Throws when the store does not answer for long.
 */
export async function catchUp(hub: Hub, reader: Reader, signal: AbortSignal): Promise<void> {
  const { incarnation } = hub.place;
  const seen = new Recent(100_000);
  const active = () => !reader.closed && reader.isCatchingUp && !signal.aborted;
  await using _ = await slots.take();
  let failures = 0;
  while (active()) {
    try {
      const target = await targetOf(hub, reader, incarnation);
      if (target === undefined) return;
      if (!(await copy({ hub, reader, incarnation, upTo: target, active, seen }))) return;
      if (!active() || reader.release()) return;
      reader.hold();
    } catch (error) {
      if (!active()) return;
      if (error instanceof StreamRebuilt) return hub.gap(reader, 'stream_rebuilt');
      if (++failures >= attempts) throw error;
      await delay(250);
    }
  }
}

/**
 * Up to where the store must be read. A hub that lags behind the reader (which came from another instance) has nothing to add: its old events are passed over.
 * Where both follow a stream that is no more, the hub's place is no place to go on from: the reader would be shown again elsewhere what lies in between.
 */
async function targetOf(hub: Hub, reader: Reader, incarnation: number): Promise<number | undefined> {
  const target = hub.place.sequence;
  if (reader.position <= target) return target;
  const extent = await extentOf(await hub.bus());
  const answer = resumable({ incarnation, sequence: reader.position }, extent);
  if (answer.ok) return target;
  if (answer.reason === 'stream_rebuilt') hub.comeAgain(reader);
  else hub.gap(reader, answer.reason);
  return undefined;
}

interface Copy {
  hub: Hub;
  reader: Reader;
  incarnation: number;
  upTo: number;
  active: () => boolean;
  seen: Recent;
}

/** false: the reader has been dealt with otherwise (gone, gap, too slow). */
async function copy(o: Copy): Promise<boolean> {
  const { reader, hub } = o;
  if (reader.position >= o.upTo) return true;
  const { workspaceId, conversationId } = reader.interest;
  let tooOld = false;
  const stored = readStored(await hub.bus(), {
    at: { workspaceId, ...(conversationId !== undefined && { conversationId }) },
    after: reader.position,
    upTo: o.upTo,
    incarnation: o.incarnation,
    tooOld: () => {
      tooOld = true;
    },
  });
  for await (const message of stored) {
    if (!o.active()) return false;
    const frame = frameOf(message, o.incarnation);
    if (frame && matches(reader.interest, frame) && o.seen.add(frame.eventId)) reader.sink.write(frame.bytes);
    reader.position = message.seq;
    if (reader.sink.backlog() > bufferBytes / 4 && !(await reader.sink.drained(30_000))) {
      hub.overflow(reader);
      return false;
    }
  }
  if (!o.active()) return false;
  if (tooOld) {
    hub.gap(reader, 'position_too_old');
    return false;
  }
  reader.position = Math.max(reader.position, o.upTo);
  return true;
}
