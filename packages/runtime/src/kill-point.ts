import { readFileSync, unlinkSync } from 'node:fs';

/**
 * Places where the chaos harness has a process die or freeze: before and after every commit, publication, acknowledgement and call to the outside. Named after the
 * step, not after the code around it.
 */
export const killPoints = [
  'inbound.before_publish',
  'inbound.after_publish',
  'inbound.before_commit',
  'inbound.after_commit',
  'command.before_commit',
  'command.after_commit',
  'turn.before_commit',
  'turn.after_commit',
  'reply.before_commit',
  'reply.after_commit',
  'claim.before_commit',
  'claim.after_commit',
  'result.before_commit',
  'result.after_commit',
  'timer.before_commit',
  'timer.after_commit',
  'outbox.before_publish',
  'outbox.after_publish',
  'signal.before_ack',
  'signal.after_ack',
  'ai.before_call',
  'ai.after_call',
  'provider.before_call',
  'provider.after_call',
  'webhook.before_commit',
  'webhook.after_commit',
  'webhook.before_call',
  'webhook.after_call',
  'gateway.before_command',
  'gateway.after_command',
] as const;
export type KillPoint = (typeof killPoints)[number];

const file = process.env['BATON_KILL_POINT_FILE'];
let passed = 0;

/**
 * Does nothing unless `BATON_KILL_POINT_FILE` names a file; if that file says `<point>@<n> <signal>`, the process sends itself that signal (SIGKILL to die,
 * SIGSTOP to freeze there) when it passes the point for the nth time. Of several processes with one file only the first is hit: it takes the file away.
 */
export function killPoint(point: KillPoint): void {
  if (file !== undefined) signalIfAsked(file, point);
}

function signalIfAsked(path: string, point: KillPoint): void {
  let signal: NodeJS.Signals;
  try {
    const [, wanted, nth, name] = /^([\w.]+)@(\d+) (SIGKILL|SIGSTOP)$/.exec(readFileSync(path, 'utf8')) ?? [];
    if (wanted !== point || ++passed < Number(nth)) return;
    unlinkSync(path);
    signal = name as NodeJS.Signals;
  } catch {
    // Nobody asked, or another process was first.
    return;
  }
  passed = 0;
  process.kill(process.pid, signal);
}
