import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { Sink } from './reader.ts';

const comment = Buffer.from(': still here\n\n');
const commentMs = 15_000;
/** A reader that is cut off gets so long to take its last frame. */
const lastWordsMs = 5000;

/** Takes the connection over and makes it a stream of server-sent events. `onClose` is called once, whoever ends it; `check` with every comment. */
export function openSse(reply: FastifyReply, o: { onClose: () => void; check: () => Promise<boolean> }): Sink {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value as string);
  raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
  raw.setHeader('cache-control', 'no-cache, no-transform');
  raw.setHeader('x-accel-buffering', 'no');
  // Ends with the connection instead of in chunks: a frame is then one write of a buffer that all readers share.
  raw.shouldKeepAlive = false;
  raw.removeHeader('transfer-encoding');
  raw.writeHead(200);
  raw.write('retry: 2000\n\n');
  raw.socket?.setNoDelay(true);

  const end = (last?: Buffer) => {
    clearInterval(timer);
    if (raw.destroyed || raw.writableEnded) return;
    raw.end(last);
    setTimeout(() => raw.destroy(), lastWordsMs).unref();
  };
  const timer = setInterval(() => {
    raw.write(comment);
    void o.check().then((valid) => valid || end());
  }, commentMs);
  raw.once('close', () => {
    clearInterval(timer);
    o.onClose();
  });
  raw.on('error', () => raw.destroy());
  return {
    write: (bytes) => void (raw.writableEnded || raw.destroyed || raw.write(bytes)),
    backlog: () => raw.writableLength,
    drained: (timeoutMs) => drained(reply, timeoutMs),
    end,
  };
}

async function drained({ raw }: FastifyReply, timeoutMs: number): Promise<boolean> {
  if (raw.destroyed || !raw.writableNeedDrain) return true;
  const limit = AbortSignal.timeout(timeoutMs);
  const closed = new AbortController();
  const close = () => closed.abort();
  raw.once('close', close);
  try {
    await once(raw, 'drain', { signal: AbortSignal.any([limit, closed.signal]) });
    return true;
  } catch {
    return closed.signal.aborted;
  } finally {
    raw.off('close', close);
  }
}
