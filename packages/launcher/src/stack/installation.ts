import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { placesOf } from '../postgres/place.ts';
import { type ProcessRecord, recordOf, signal, stillRuns } from '../process/identity.ts';
import { waitUntil } from '../process/port.ts';
import { StartError } from '../start-error.ts';

type Held = { launcher: ProcessRecord; children: (ProcessRecord & { name: string })[] };

/** The right to run the installation in one folder, and the note of what runs, by which a later start recognises what was left over. */
export type Installation = {
  note(processes: { name: string; pid: number }[]): void;
  release(): void;
};

const FILE = 'launcher.json';
/** All that an installation consists of; `reset` removes this and nothing else, since `--data-dir` can be any folder. */
const CONTENTS = ['demo.json', 'env', 'logs', 'nats', 'place.json', 'postgres', 'postgres.elsewhere', 'postgres.log', 'secrets.json', FILE];

/**
 * Takes hold of a folder, and stops what a run killed outright has left there.
 *
 * @throws StartError when another launcher runs in it
 */
export async function takeHold(dataDir: string, say: (line: string) => void): Promise<Installation> {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, FILE);
  const held: Held = { launcher: recordOf(process.pid) as ProcessRecord, children: [] };
  const fresh = `${file}.${process.pid}`;
  const write = (): void => writeFileSync(fresh, `${JSON.stringify(held)}\n`);
  for (let attempt = 0; ; attempt += 1) {
    write();
    try {
      // A link either is made or finds the name taken, so of two starts at the same moment only one goes on.
      linkSync(fresh, file);
      rmSync(fresh);
      break;
    } catch (error) {
      rmSync(fresh);
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 5) throw error;
    }
    await clearHold(file, say);
  }
  return {
    note: (processes) => {
      held.children = processes.flatMap(({ name, pid }) => {
        const record = recordOf(pid);
        return record ? [{ name, ...record }] : [];
      });
      write();
      renameSync(fresh, file);
    },
    release: () => rmSync(file, { force: true }),
  };
}

/**
 * Removes everything an installation has stored.
 *
 * @throws StartError while it runs
 */
export async function wipe(dataDir: string, say: (line: string) => void): Promise<void> {
  if (!existsSync(dataDir)) return;
  await clearHold(path.join(dataDir, FILE), say);
  for (const place of placesOf(path.join(dataDir, 'postgres'))) rmSync(place, { recursive: true, force: true });
  for (const name of CONTENTS) rmSync(path.join(dataDir, name), { recursive: true, force: true });
  if (readdirSync(dataDir).length === 0) rmdirSync(dataDir);
}

async function clearHold(file: string, say: (line: string) => void): Promise<void> {
  const held = read(file);
  if (held && stillRuns(held.launcher)) {
    throw new StartError(
      `Baton already runs in ${path.dirname(file)} (process ${held.launcher.pid}); stop it with Ctrl-C there, or choose another folder with --data-dir.`,
    );
  }
  if (held) await stopLeftovers(held.children, say);
  rmSync(file, { force: true });
}

function read(file: string): Held | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Held;
  } catch {
    return undefined;
  }
}

async function stopLeftovers(children: Held['children'], say: (line: string) => void): Promise<void> {
  const services = children.filter(({ name }) => name !== 'nats' && name !== 'postgres');
  const tiers = [services, children.filter(({ name }) => name === 'nats'), children.filter(({ name }) => name === 'postgres')];
  for (const tier of tiers) {
    const alive = tier.filter(stillRuns);
    if (alive.length === 0) continue;
    say(`stopping what an earlier run left behind: ${alive.map(({ name, pid }) => `${name} (${pid})`).join(', ')} …`);
    for (const { name, pid } of alive) signal(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    if (await waitUntil(async () => !alive.some(stillRuns), 15_000)) continue;
    for (const record of alive.filter(stillRuns)) signal(record.pid, 'SIGKILL');
  }
}
