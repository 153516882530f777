import { eventually } from '@baton/testkit/eventually.ts';
import { type Infra, startInfra } from '@baton/testkit/infra.ts';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../src/open.ts';
import { inPipeline, openPipelinePool, statement } from '../src/pipeline.ts';

let infra: Infra;

beforeAll(async () => {
  infra = await startInfra();
});
afterAll(() => infra[Symbol.asyncDispose]());

/** As a server that is told to stop does with every connection. */
async function terminate(pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: infra.postgres.superUrl });
  await client.connect();
  await client.query('select pg_terminate_backend($1)', [pid]);
  await eventually(async () => (await client.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 0);
  await client.end();
}

const me = <DB>(db: Kysely<DB>) => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db).then(({ rows }) => rows[0]!.pid);

it('a connection that ends between two statements of a transaction fails the next one, not the process', async () => {
  await using database = openDatabase({ url: infra.postgres.urls.baton_conversation, name: 'test', poolSize: 1 });
  const work = database.db.transaction().execute(async (trx) => {
    await terminate(await me(trx));
    // By now the end of the connection has been heard of, with no query to tell.
    return me(trx);
  });
  await expect(work).rejects.toThrow();
  expect(await database.problem()).toBeUndefined();
});

it('the same in a pipeline', async () => {
  const pool = openPipelinePool({ url: infra.postgres.urls.baton_conversation, name: 'test', poolSize: 1 });
  const pid = statement<{ pid: number }>('pid', 'select pg_backend_pid() as pid');
  const work = inPipeline(pool, ['acc_a'], async (pipeline) => {
    const [[mine]] = await pipeline.run([{ statement: pid, values: [] }]);
    await terminate(mine!.pid);
    return pipeline.commit([{ statement: pid, values: [] }]);
  });
  await expect(work).rejects.toThrow();
  const [[again]] = await inPipeline(pool, ['acc_a'], (pipeline) => pipeline.commit([{ statement: pid, values: [] }]));
  expect(again!.pid).toBeGreaterThan(0);
  await pool.end();
});

it('a connection that ends while nobody holds it is told of and replaced', async () => {
  const told: Error[] = [];
  await using database = openDatabase({
    url: infra.postgres.urls.baton_conversation,
    name: 'test',
    poolSize: 1,
    onError: (error) => told.push(error),
  });
  await terminate(await me(database.db));
  await eventually(() => told.length === 1);
  expect(await database.problem()).toBeUndefined();
});
