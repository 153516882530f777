import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meet, row } from './acts.ts';
import { type Harness, makeWorkspace, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
let stranger: Workspace;
let service: pg.Client;
let system: pg.Client;
let tables: string[];
beforeAll(async () => {
  h = await startHarness();
  w = await makeWorkspace(h);
  stranger = await makeWorkspace(h);
  await meet(h, w);
  service = new pg.Client({ connectionString: h.infra.postgres.urls.baton_conversation });
  system = new pg.Client({ connectionString: h.infra.postgres.urls.baton_conversation_system });
  await Promise.all([service.connect(), system.connect()]);
  const found = await h.admin.query(
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' where n.nspname = 'conversation' and c.relkind = 'r'`,
  );
  tables = found.rows.map((one) => one.relname);
});
afterAll(async () => {
  await Promise.all([service.end(), system.end()]);
  await h[Symbol.asyncDispose]();
});

async function as(client: pg.Client, workspaces: string, sql: string, values: unknown[] = []) {
  await client.query('begin');
  try {
    await client.query(`select set_config('app.workspaces', $1, true)`, [workspaces]);
    return await client.query(sql, values);
  } finally {
    await client.query('rollback');
  }
}

test('every table with tenants in it has row-level security, forced', async () => {
  const { rows } = await h.admin.query(
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'conversation' and c.relname = any($1) and not (c.relrowsecurity and c.relforcerowsecurity)`,
    [tables],
  );
  expect(rows).toEqual([]);
  expect(tables).toEqual(
    expect.arrayContaining(['conversation', 'message', 'dispatch', 'event', 'timer', 'contact', 'dead_letter', 'command_result']),
  );
});

test('what has no workspace in it is known, and holds nothing of a tenant', async () => {
  const { rows } = await h.admin.query(
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'conversation' and c.relkind = 'r' and c.relname <> all($1) order by 1`,
    [tables],
  );
  expect(rows.map((one) => one.relname)).toEqual([
    'events_stream',
    'instance',
    'kysely_migration',
    'kysely_migration_lock',
    'partition_lease',
  ]);
});

test('no role of a service owns anything, is superuser or passes row-level security', async () => {
  const roles = ['baton_conversation', 'baton_conversation_system'];
  const { rows } = await h.admin.query(
    'select rolname from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls or rolcreaterole)',
    [roles],
  );
  expect(rows).toEqual([]);
  const owned = await h.admin.query(
    `select c.relname from pg_class c join pg_roles r on r.oid = c.relowner join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'conversation' and r.rolname = any($1)`,
    [roles],
  );
  expect(owned.rows).toEqual([]);
});

test('without a workspace, or with another one, the service sees no row of any table', async () => {
  for (const table of tables) {
    const own = await row<{ n: number }>(h, `select count(*)::int as n from conversation.${table} where workspace_id = $1`, [
      w.workspaceId,
    ]);
    const sql = `select count(*)::int as n from conversation.${table} where workspace_id = $1`;
    expect((await service.query(sql, [w.workspaceId])).rows[0].n, `${table} without a workspace`).toBe(0);
    expect((await as(service, stranger.workspaceId, sql, [w.workspaceId])).rows[0].n, `${table} as another`).toBe(0);
    expect((await as(service, w.workspaceId, sql, [w.workspaceId])).rows[0].n, `${table} as its own`).toBe(own.n);
  }
});

test('a row for another workspace can be neither inserted nor moved there', async () => {
  const insert = `insert into conversation.contact (contact_id, workspace_id, attributes, created_at, updated_at) values ('ctc_x', $1, '{}', now(), now())`;
  await expect(as(service, stranger.workspaceId, insert, [w.workspaceId])).rejects.toMatchObject({ code: '42501' });
  await expect(as(service, '', insert, [w.workspaceId])).rejects.toMatchObject({ code: '42501' });
  const move = 'update conversation.contact set workspace_id = $1 where workspace_id = $2';
  await expect(as(service, w.workspaceId, move, [stranger.workspaceId, w.workspaceId])).rejects.toMatchObject({ code: '42501' });
  expect(
    (await as(service, stranger.workspaceId, 'delete from conversation.message where workspace_id = $1', [w.workspaceId])).rowCount,
  ).toBe(0);
});

test.each(['text', 'from_number', 'attachments', 'metadata', 'sender_name'])('the system role cannot read message.%s', async (column) => {
  await expect(system.query(`select ${column} from conversation.message`)).rejects.toMatchObject({ code: '42501' });
  expect((await system.query('select message_id, status from conversation.message')).rowCount).toBeGreaterThan(0);
});

test.each(['contact', 'contact_address', 'opt_out', 'mode_history', 'dead_letter'])(
  'the system role cannot read %s at all',
  async (table) => {
    await expect(system.query(`select * from conversation.${table}`)).rejects.toMatchObject({ code: '42501' });
  },
);

test('the system role changes no conversation, message or dispatch', async () => {
  for (const table of ['conversation', 'message', 'dispatch'])
    await expect(system.query(`update conversation.${table} set workspace_id = workspace_id`)).rejects.toMatchObject({ code: '42501' });
});

test('no role of another service may look into the schema', async () => {
  for (const role of ['baton_delivery', 'baton_access'] as const) {
    const other = new pg.Client({ connectionString: h.infra.postgres.urls[role] });
    await other.connect();
    await expect(other.query('select 1 from conversation.message')).rejects.toMatchObject({ code: '42501' });
    await other.end();
  }
});

test('a call without the shared token is refused', async () => {
  const { createClient } = await import('@baton/rpc/client.ts');
  const { DirectoryServiceClient } = await import('@baton/contracts/gen/baton/conversation/v1/directory_service.ts');
  using client = createClient(DirectoryServiceClient, { address: `127.0.0.1:${h.services[0]!.port()}`, token: 'guess' });
  await expect(client.getWorkspace({ workspaceId: w.workspaceId })).rejects.toThrow();
});
