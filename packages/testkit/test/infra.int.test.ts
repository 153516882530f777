import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, dropDatabase, type Infra, startInfra } from '../src/infra.ts';

let infra: Infra;

beforeAll(async () => {
  infra = await startInfra();
});

afterAll(() => infra[Symbol.asyncDispose]());

test('each role reaches the database of this test file, with no more rights than its own', async () => {
  expect(await query(infra.postgres.urls.baton_conversation, 'select current_user, current_database()')).toEqual([
    { current_user: 'baton_conversation', current_database: infra.postgres.database },
  ]);
  await expect(query(infra.postgres.urls.baton_delivery, 'create table conversation.t (n int)')).rejects.toThrow(/permission denied/);
});

test('many databases can be made at once', async () => {
  const made = await Promise.all(Array.from({ length: 4 }, () => createDatabase(infra.postgres.superUrl)));
  expect(new Set(made.map(({ database }) => database)).size).toBe(4);
  await Promise.all(made.map(({ database }) => dropDatabase(infra.postgres.superUrl, database)));
});

test('the shared Postgres cannot be killed by one test file, an own one can', async () => {
  await expect(infra.postgres.kill9()).rejects.toThrow(/shared by the whole run/);
  const own = await startInfra({ ownPostgres: true });
  try {
    await own.postgres.kill9();
    await expect(query(own.postgres.superUrl, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    await own.postgres.restart();
    expect(await query(own.postgres.superUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  } finally {
    await own[Symbol.asyncDispose]();
  }
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
