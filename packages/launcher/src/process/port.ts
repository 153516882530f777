import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { claimPort } from './claimed-port.ts';

/** Whether nobody listens on the port of this host. */
export function portIsFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Below the ports from which operating systems take those of outgoing connections (Linux from 32768, others from 49152): one of those is free now, and may be the near
 * end of somebody's connection when it is wanted, all the more once servers are killed and come back.
 */
const range = { from: 15_000, below: 32_768 };

/** A port that is free now, and that no process of Baton on this machine gives to anybody else while this one lives. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = randomInt(range.from, range.below);
    if ((await portIsFree(host, port)) && claimPort(port)) return port;
  }
}

/** The first bytes a server says to a new connection, or undefined when it does not answer within `timeoutMs`. */
export function greeting(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (text: string | undefined): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(timeoutMs, () => end(undefined));
    socket.once('data', (data) => end(data.toString('utf8')));
    socket.once('error', () => end(undefined));
    socket.once('close', () => end(undefined));
  });
}

/** Asks `check` again and again until it answers true; false when `timeoutMs` are over or `giveUp` says so. */
export async function waitUntil(check: () => Promise<boolean>, timeoutMs: number, giveUp: () => boolean = () => false): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end && !giveUp()) {
    if (await check()) return true;
    await wait(25);
  }
  return false;
}
