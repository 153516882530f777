import { parseArgs } from 'node:util';
import { deepWorlds, type Mutant, mutants, worlds } from './cases.ts';
import { bringSpin, check } from './spin.ts';

const help = `Usage: npm run model -- [options]

Proves the fence: spin looks at every interleaving of takeovers, turns, replies, claims, sends, crashes and redeliveries in the model takeover.pml, first
as the code is, then with one guard after the other taken out, each of which must break something. Exit code 0: everything as it should be.

  --deep       the larger worlds as well (about 8 GiB of memory, ten minutes)
  --no-mutants only the proofs
  --help       this text
`;

const { values } = parseArgs({
  options: {
    deep: { type: 'boolean', default: false },
    'no-mutants': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const started = Date.now();
let failed = 0;

function report(good: boolean, line: string): void {
  if (!good) failed++;
  process.stdout.write(`${good ? 'ok    ' : 'FAILED'} [${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${line}\n`);
}

const count = (states: number) => `${states.toLocaleString('en')} states`;

async function prove(name: string, definitions: readonly string[]): Promise<void> {
  const verdict = await check(definitions);
  report(!verdict.violated, `holds: ${name} (${count(verdict.states)})${verdict.violated ? `: ${verdict.broken}` : ''}`);
}

async function kill(mutant: Mutant): Promise<void> {
  const world = worlds[mutant.world];
  const alone = mutant.aloneHarmless ? mutant.flags : [];
  const [verdict, ...single] = await Promise.all(
    [[...mutant.flags], ...alone.map((flag) => [flag])].map((flags) => check([...world, ...flags])),
  );
  if (!verdict) return;
  report(
    verdict.violated,
    `breaks without "${mutant.guard}" (${mutant.in}): ${verdict.violated ? verdict.broken : `nothing, in ${count(verdict.states)}`}`,
  );
  for (const [index, one] of single.entries())
    report(!one.violated, `  and holds without ${alone[index]} alone: they back each other up${one.violated ? `: ${one.broken}` : ''}`);
}

/** Two at a time: a search uses one core. */
async function two<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const lane = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one);
  };
  await Promise.all([lane(), lane()]);
}

if (values.help) process.stdout.write(help);
else {
  const problem = bringSpin((line) => process.stderr.write(`${line}\n`));
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = 1;
  } else {
    await two(Object.entries({ ...worlds, ...(values.deep && deepWorlds) }), ([name, definitions]) => prove(name, definitions));
    if (!values['no-mutants']) await two(mutants, kill);
    process.stdout.write(failed === 0 ? 'The fence holds, and every guard is needed.\n' : `${failed} not as expected\n`);
    process.exitCode = failed === 0 ? 0 : 1;
  }
}
