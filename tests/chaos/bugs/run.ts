import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { faults } from '../faults/all.ts';
import { type PlayOptions, play } from '../play.ts';
import type { Progress } from '../progress.ts';
import { type Bug, bugs } from './list.ts';
import { plant } from './plant.ts';

/** A bug that these many runs do not find is one that the harness cannot see. */
const mostRuns = 4;
/** Many bugs show in work that never ends. */
const healsWithinMs = 60_000;

interface Found {
  bug: string;
  seed: number;
  /** Seconds from the first run's start to the end of the run that found it; undefined: it was not found. */
  seconds: number | undefined;
  first: string;
}

/** Every seeded bug must turn a run red. True when all did. */
export async function seededBugs(o: {
  /** Parts of the names of those that are hunted. */
  wanted: readonly string[];
  seed: number;
  pace: Pick<PlayOptions, 'seconds' | 'chains' | 'customers' | 'operators'>;
  progress: Progress;
  out: string | undefined;
}): Promise<boolean> {
  const found: Found[] = [];
  const hunted = bugs.filter(({ name }) => o.wanted.some((part) => name.includes(part)));
  if (hunted.length === 0)
    throw new Error(`No bug is called ${o.wanted.join(' or ')}; there are ${bugs.map(({ name }) => name).join('; ')}.`);
  for (const bug of hunted) found.push(await hunt(bug, o));
  const lines = found.map((one) =>
    one.seconds === undefined ? `NOT FOUND  ${one.bug}` : `found      ${one.bug} (seed ${one.seed}, ${one.seconds} s): ${one.first}`,
  );
  process.stdout.write(`${lines.join('\n')}\n${found.filter(({ seconds }) => seconds !== undefined).length} of ${hunted.length} found\n`);
  if (o.out !== undefined) {
    mkdirSync(o.out, { recursive: true });
    writeFileSync(path.join(o.out, 'bugs.json'), `${JSON.stringify(found, null, 2)}\n`);
  }
  return found.every(({ seconds }) => seconds !== undefined);
}

async function hunt(bug: Bug, { seed, pace, progress }: Parameters<typeof seededBugs>[0]): Promise<Found> {
  using planted = plant(bug);
  const began = performance.now();
  const set = faults.filter(({ name }) => bug.faults.includes(name));
  for (let run = 0; run < mostRuns; run++) {
    progress.begin(`bug "${bug.name}", seed ${seed + run}`);
    const say = (line: string): void => progress.say(line);
    // A bug may be one that keeps the run from coming to its end: that is found, too.
    const wrong = await play({
      ...pace,
      customers: bug.customers ?? pace.customers,
      seed: seed + run,
      faults: set,
      root: planted.root,
      healsWithinMs,
      say,
    }).then(
      (played) => played.wrong,
      (error: Error) => [error.message],
    );
    const first = wrong[0];
    progress.end(first !== undefined, first === undefined ? ['not found yet'] : [first]);
    if (first !== undefined) return { bug: bug.name, seed: seed + run, seconds: Math.round((performance.now() - began) / 1000), first };
  }
  return { bug: bug.name, seed, seconds: undefined, first: '' };
}
