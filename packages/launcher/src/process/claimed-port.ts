import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { type ProcessRecord, recordOf, stillRuns } from './identity.ts';

const folder = path.join(tmpdir(), `baton-ports-${userInfo().uid}`);
/** The files of the ports that this process has. */
const mine = new Set<string>();
let leavesNone = false;

/**
 * Keeps a port for this process as long as it lives, whether anybody listens on it or not: between choosing a port and listening on it, and while a server that
 * was killed is on its way back, another installation on this machine would find it free. False when another process has it.
 */
export function claimPort(port: number): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, String(port));
  try {
    writeFileSync(file, JSON.stringify(recordOf(process.pid)), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // The next one to want it gets it.
    if (!holderLives(file)) rmSync(file, { force: true });
    return false;
  }
  mine.add(file);
  if (!leavesNone) process.once('exit', leaveNone);
  leavesNone = true;
  return true;
}

function leaveNone(): void {
  for (const file of mine) rmSync(file, { force: true });
}

function holderLives(file: string): boolean {
  try {
    return stillRuns(JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord);
  } catch {
    // Gone, or still being written: its holder has only just come.
    return true;
  }
}
