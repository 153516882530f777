import { type ChildProcess, spawn } from 'node:child_process';

/** Order of the end: the services drain first, the broker follows, the database is last. */
export type Tier = 'service' | 'nats' | 'postgres';

const ORDER: readonly Tier[] = ['service', 'nats', 'postgres'];

// A launcher killed outright cannot stop anything, so a shell waits at the other end of a pipe. While we live it learns the present list of
// processes, one line each time, one word per tier (`signal:pid:pid…`); when the pipe closes it ends what the last line names, in order.
// A shell and not a Node process because it is there in every `npm start` and costs one megabyte instead of forty.
const SCRIPT = `
trap '' INT TERM HUP
last=
while IFS= read -r line; do last=$line; done
for tier in $last; do
  name=\${tier%%:*}
  pids=$(printf %s "\${tier#*:}" | tr : ' ')
  for pid in $pids; do kill -"$name" "$pid" 2>/dev/null; done
  tries=0
  for pid in $pids; do
    while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null
  done
done
`;

const SIGNAL: Record<Tier, string> = { service: 'TERM', nats: 'TERM', postgres: 'INT' };

const guarded = new Map<number, Tier>();
let shell: ChildProcess | undefined;

/** Has the process ended when this one ends, however it ends. Returns the call that takes it off the list again. */
export function guard(pid: number, tier: Tier): () => void {
  guarded.set(pid, tier);
  tell();
  return () => {
    if (guarded.delete(pid)) tell();
  };
}

/** The line that tells the shell what to end, as long as there is something. */
export function guardLine(processes: ReadonlyMap<number, Tier>): string {
  const words = ORDER.map((tier) => {
    const pids = [...processes].filter(([, of]) => of === tier).map(([pid]) => pid);
    return pids.length === 0 ? '' : `${SIGNAL[tier]}:${pids.join(':')}`;
  });
  return words.filter((word) => word !== '').join(' ');
}

function tell(): void {
  if (!shell) {
    shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
    // Neither the shell nor its pipe may keep this process alive.
    shell.unref();
    shell.stdin?.on('error', () => undefined);
    (shell.stdin as unknown as { unref(): void }).unref();
  }
  shell.stdin?.write(`${guardLine(guarded)}\n`);
}
