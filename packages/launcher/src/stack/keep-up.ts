import { setTimeout as wait } from 'node:timers/promises';

type Server = { readonly exited: Promise<unknown>; restart(): Promise<void> };

const PAUSE_MS = 1_000;

/** Starts nats-server and Postgres again when they end by themselves; the services wait for them and go on. */
export function keepUp(
  stack: { nats: Server | undefined; postgres: Server | undefined },
  stopping: AbortSignal,
  say: (line: string) => void,
): void {
  const servers = [
    ['nats-server', stack.nats],
    ['Postgres', stack.postgres],
  ] as const;
  for (const [name, server] of servers) {
    if (server) void keepOne(server, { name, stopping, say });
  }
}

async function keepOne(server: Server, o: { name: string; stopping: AbortSignal; say: (line: string) => void }): Promise<void> {
  for (;;) {
    await server.exited;
    if (o.stopping.aborted) return;
    o.say(`${o.name} ended by itself; starting it again …`);
    await wait(PAUSE_MS);
    if (o.stopping.aborted) return;
    try {
      await server.restart();
      o.say(`${o.name} runs again`);
    } catch (error) {
      o.say(`${o.name} could not be started again: ${(error as Error).message}`);
    }
  }
}
