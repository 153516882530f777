import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inPipeline, openPipelinePool, type Step, statement } from '../src/pipeline.ts';

let infra: Infra;
let pool: pg.Pool;
let synchronizations = 0;
beforeAll(async () => {
  infra = await startInfra();
  pool = openPipelinePool({ url: infra.postgres.superUrl, name: 'test', poolSize: 1 });
  pool.on('connect', (client) => {
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    connection.on('readyForQuery', () => synchronizations++);
  });
});
afterAll(async () => {
  await pool.end();
  await infra[Symbol.asyncDispose]();
});

const all = statement<Record<string, unknown>>(
  'all_kinds',
  `select $1::text as text, $2::int as number, $3::text[] as list, $4::jsonb as json, $5::timestamptz as time, null::text as nothing, 7::bigint as count`,
);
const step = (text: string): Step<Record<string, unknown>> => ({
  statement: all,
  values: [text, 3, ['a', 'b "c"'], { d: [1] }, new Date(0)],
});
const row = (text: string) => ({ text, number: 3, list: ['a', 'b "c"'], json: { d: [1] }, time: new Date(0), nothing: null, count: 7 });
const none = { statement: statement<Record<string, unknown>>('none', 'select 1 as one where false'), values: [] };
const scope = { statement: statement<{ scope: string }>('my_scope', `select current_setting('app.workspaces') as scope`), values: [] };

it('answers each of several statements with its rows, also the same one twice, and the next time as the first', async () => {
  for (const round of ['first', 'second']) {
    const answer = await inPipeline(pool, ['acc_a', 'acc_b'], async (pipeline) => [
      await pipeline.run([scope, step(`${round} 1`), none, step(`${round} 2`)]),
      await pipeline.commit([step(`${round} 3`)]),
    ]);
    expect(answer).toEqual([[[{ scope: 'acc_a,acc_b' }], [row(`${round} 1`)], [], [row(`${round} 2`)]], [[row(`${round} 3`)]]]);
  }
});

it('a transaction of any length has two synchronizations, each of which wakes the other side', async () => {
  await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([scope]));
  synchronizations = 0;
  await inPipeline(pool, ['acc_a'], async (pipeline) => {
    await pipeline.run([scope, step('1'), step('2')]);
    await pipeline.commit([step('3'), none]);
  });
  expect(synchronizations).toBe(2);
});

const failing = { statement: statement('failing', 'select 1 / $1::int'), values: [0] };
const count = { statement: statement<{ count: number }>('count_written', 'select count(*) from pg_temp.written'), values: [] };
const write = { statement: statement('write_one', 'insert into pg_temp.written values (1)'), values: [] };

it('after the first statement that fails nothing runs and nothing stands, and the connection is not used again', async () => {
  await pool.query('create temp table written (n int)');
  await expect(inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([write, failing, write]))).rejects.toMatchObject({
    code: '22012',
    stack: expect.stringContaining('round-trip.int.test.ts'),
  });
  // The table went with the connection.
  await expect(inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([count]))).rejects.toMatchObject({ code: '42P01' });
});

it('nor when who asked has caught the failure', async () => {
  await pool.query('create temp table written (n int)');
  await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.run([failing]).catch(() => undefined));
  await expect(inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([count]))).rejects.toMatchObject({ code: '42P01' });
});

it('what is left without a commit is rolled back, and the connection serves the next', async () => {
  await pool.query('create temp table written (n int)');
  await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.run([write]));
  expect(await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([count]))).toEqual([[{ count: 0 }]]);
});

it('a value that cannot be sent is refused before anything is', async () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const bad = { statement: all, values: ['', 3, [], circular, new Date(0)] };
  await expect(inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([scope, bad]))).rejects.toThrow(/circular/);
  expect(await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([step('after')]))).toEqual([[row('after')]]);
});

it('a statement that pg itself has prepared is not prepared again, and the other way round', async () => {
  const { text } = all;
  const shared = statement<Record<string, unknown>>('shared', text);
  const { values } = step('x');
  await pool.query({ name: 'shared', text, values });
  expect(await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([{ statement: shared, values }]))).toEqual([[row('x')]]);
  await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([{ statement: statement('ours', text), values }]));
  expect((await pool.query({ name: 'ours', text, values })).rows).toEqual([row('x')]);
});
