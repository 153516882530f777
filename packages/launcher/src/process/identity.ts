import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it can be written down and recognised later, although the system may give its number to another. */
export type ProcessRecord = { pid: number; identity: string };

/**
 * A text that is the same for as long as the process lives and that no later process of the same number has: boot and start time on Linux,
 * start time and command elsewhere. Undefined when there is no such process.
 */
export function identify(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=,comm=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the command in parentheses and may hold spaces and parentheses itself; field 3 is the state, field 22 the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** The record of a running process; undefined when it has ended already. */
export function recordOf(pid: number): ProcessRecord | undefined {
  const identity = identify(pid);
  return identity === undefined ? undefined : { pid, identity };
}

/** Whether the very process of the record still runs. */
export function stillRuns(record: ProcessRecord): boolean {
  return identify(record.pid) === record.identity;
}

/** Signals a process and says whether it was there. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
