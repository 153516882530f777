import { readdirSync } from 'node:fs';
import path from 'node:path';
import { askOnce, exchange, hostileRequests, statusOf } from '@baton/testkit/hostile-http.ts';
import { Client, credentials, Metadata, type MethodDefinition, type ServiceDefinition, type ServiceError, status } from '@grpc/grpc-js';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedProduct } from '../support/product.ts';
import { routeTable } from '../support/surface/routes.ts';
import { makeWorkspace } from '../support/workspace.ts';

const product = sharedProduct();

describe('gRPC is never open', () => {
  const clients: Client[] = [];
  let methods: [string, MethodDefinition<unknown, unknown>][];
  const clientOf = (address: string, options = {}) => {
    const client = new Client(address, credentials.createInsecure(), options);
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    methods = (await definitions()).flatMap((service) => Object.entries(service));
  });
  afterAll(() => {
    for (const client of clients) client.close();
  });

  test('every method of every service refuses who shows no token, a wrong one or a part of the right one', async () => {
    expect(methods.length).toBeGreaterThan(70);
    const { serviceToken: token } = product;
    const wrong = [undefined, '', 'Bearer', 'Bearer ', `Bearer ${token.slice(0, -1)}`, `Bearer ${token}x`, `Basic ${token}`, token];
    const servers = product.rpcAddresses.map((address) => clientOf(address));
    for (const [name, method] of methods) {
      for (const authorization of wrong) {
        const codes = await Promise.all(servers.map((server) => codeOf(server, { method, authorization, bytes: Buffer.alloc(0) })));
        // One service has it, the other has not heard of it.
        expect([name, authorization, codes.filter((code) => code === status.UNAUTHENTICATED).length > 0]).toEqual([
          name,
          authorization,
          true,
        ]);
        expect([name, codes.filter((code) => code !== status.UNAUTHENTICATED && code !== status.UNIMPLEMENTED)]).toEqual([name, []]);
      }
    }
  });

  test('without a token there is health and nothing else: no reflection, no description of what is there', async () => {
    for (const address of product.rpcAddresses) {
      const client = clientOf(address);
      const ask = (service: string) => codeOf(client, { method: plain(service), authorization: undefined, bytes: Buffer.alloc(0) });
      expect(await ask('/grpc.health.v1.Health/Check')).toBe(status.OK);
      for (const version of ['v1', 'v1alpha'])
        expect(await ask(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`)).toBe(status.UNIMPLEMENTED);
      expect(await ask('/grpc.channelz.v1.Channelz/GetServers')).toBe(status.UNIMPLEMENTED);
    }
  });

  test('what is too large, a bomb or no message is refused, and the server goes on', async () => {
    const authorization = `Bearer ${product.serviceToken}`;
    // A field that every message takes and none knows: the size alone decides.
    const field = (size: number) => Buffer.concat([Buffer.from([0xfa, 0x3f]), lengthOf(size), Buffer.alloc(size, 97)]);
    for (const address of product.rpcAddresses) {
      const client = clientOf(address);
      const packed = clientOf(address, { 'grpc.default_compression_algorithm': 2, 'grpc.a': 1 });
      const method = plain(methodServedBy(address));
      const ask = (from: Client, bytes: Buffer) => codeOf(from, { method, authorization, bytes });
      expect(await ask(client, field(9 * 1024 ** 2))).toBe(status.RESOURCE_EXHAUSTED);
      // 32 MiB in 32 KiB.
      expect(await ask(packed, field(32 * 1024 ** 2))).toBe(status.RESOURCE_EXHAUSTED);
      expect(await ask(client, Buffer.alloc(2000, 0xff))).toBe(status.INTERNAL);
      expect(
        await codeOf(client, { method: plain('/grpc.health.v1.Health/Check'), authorization: undefined, bytes: Buffer.alloc(0) }),
      ).toBe(status.OK);
    }
  });

  /** The dispatcher's address comes last. */
  const methodServedBy = (address: string) =>
    address === product.rpcAddresses.at(-1)
      ? '/baton.delivery.v1.WebhookService/GetEndpoint'
      : '/baton.conversation.v1.DirectoryService/GetWorkspace';
});

test('health and metrics ports stand hostile requests, and take nothing but questions', async () => {
  for (const url of product.opsUrls) {
    const { port } = new URL(url);
    for (const { name, bytes } of hostileRequests({ port: Number(port), path: '/metrics', headers: [], body: '{}' })) {
      const answer = await exchange(Number(port), bytes);
      expect([url, name, statusOf(answer) < 500]).toEqual([url, name, true]);
      expect([name, /canary-traced|^server:|^x-powered-by:/im.test(answer)]).toEqual([name, false]);
    }
    const answer = await exchange(Number(port), askOnce);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
  }
});

test('NATS takes nobody without a password', async () => {
  const { host } = new URL(product.natsUrl);
  await expect(connect({ servers: host, reconnect: false })).rejects.toThrow(/authorization/i);
});

describe('the database', () => {
  let client: pg.Client;
  const rows = async <T>(sql: string): Promise<T[]> => (await client.query(sql)).rows as T[];
  const ours = `nspname not in ('pg_catalog', 'information_schema') and nspname not like 'pg_toast%' and nspname not like 'pg_temp%'`;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: product.databaseUrl });
    await client.connect();
  });
  afterAll(() => client?.end());

  const services = `('baton_conversation', 'baton_conversation_system', 'baton_delivery', 'baton_access')`;

  test('every table is under forced row-level security, but for those that are known to hold nothing of a tenant', async () => {
    const tables = await rows<{ name: string; forced: boolean }>(
      `select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'f', 'm', 'v') and ${ours} order by 1`,
    );
    expect(tables.length).toBeGreaterThan(40);
    const open = tables.filter(({ name, forced }) => !forced && !/\.kysely_migration(?:_lock)?$/.test(name)).map(({ name }) => name);
    expect(open).toEqual(['conversation.events_stream', 'conversation.instance', 'conversation.partition_lease', 'delivery.fan_out']);
  });

  test('what a service’s role sees is a matter of the workspaces it has named, and of nothing else', async () => {
    const policies = await rows<{ name: string; roles: string; qual: string | null; with_check: string | null; cmd: string }>(
      `select schemaname || '.' || tablename || ' ' || policyname as name, roles::text, qual, with_check, cmd from pg_policies where schemaname not like 'pg_%'`,
    );
    expect(policies.length).toBeGreaterThan(40);
    const byWorkspace = /current_setting\('app\.workspaces'::text, true\)/;
    const strange = policies.filter(({ roles, qual, with_check, cmd }) => {
      // The owner's functions, and the role that runs timers and relay over all tenants.
      if (['{baton_owner}', '{baton_conversation_system}'].includes(roles)) return false;
      return (
        !byWorkspace.test(cmd === 'INSERT' ? (with_check ?? '') : (qual ?? '')) || (cmd === 'ALL' && !byWorkspace.test(with_check ?? ''))
      );
    });
    expect(strange).toEqual([]);
  });

  test('no role of a service owns anything, is more than a user, or may become another', async () => {
    const powers = 'rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication';
    expect(await rows(`select rolname from pg_roles where rolname like 'baton%' and (${powers})`)).toEqual([]);
    expect(await rows(`select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member where m.rolname like 'baton%'`)).toEqual(
      [],
    );
    const owned = `select r.rolname, d.classid::regclass::text as kind, d.objid from pg_shdepend d join pg_roles r on r.oid = d.refobjid
      where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and r.rolname in ${services}`;
    expect(await rows(owned)).toEqual([]);
    const schemas = await rows<{ rolname: string; nspname: string; use: boolean; create: boolean }>(
      `select rolname, nspname, has_schema_privilege(r.oid, n.oid, 'usage') as use, has_schema_privilege(r.oid, n.oid, 'create') as create
       from pg_roles r, pg_namespace n where rolname in ${services} and ${ours} and nspname <> 'public'`,
    );
    expect(schemas.filter(({ create }) => create)).toEqual([]);
    expect(schemas.filter(({ use, rolname, nspname }) => use && !rolname.startsWith(`baton_${nspname}`))).toEqual([]);
    const database = `has_database_privilege(r.oid, current_database(), 'create') or has_database_privilege(r.oid, current_database(), 'temp')`;
    expect(await rows(`select rolname from pg_roles r where rolname in ${services} and (${database})`)).toEqual([]);
  });

  test('nobody else has a right to anything, and nobody may empty a table past its policies', async () => {
    const granted = `select grantee, table_schema, table_name, privilege_type from information_schema.table_privileges
      where table_schema not in ('pg_catalog', 'information_schema') and grantee <> 'baton_owner'`;
    expect(
      await rows(`${granted} and (grantee not in ${services} or privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))`),
    ).toEqual([]);
    // A function that runs as the owner sees all tenants: for whom it is must be said, and its names must mean what they meant when it was written.
    const definers = await rows<{ name: string; acl: string | null; config: string | null; owner: string }>(
      `select n.nspname || '.' || p.proname as name, p.proacl::text as acl, p.proconfig::text as config, r.rolname as owner
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner where p.prosecdef and ${ours}`,
    );
    expect(definers.length).toBeGreaterThan(10);
    const loose = definers.filter(
      ({ acl, config, owner }) =>
        owner !== 'baton_owner' || acl === null || /[{,]=X/.test(acl) || !config?.includes('search_path=pg_catalog'),
    );
    expect(loose).toEqual([]);
  });
});

test('a filter, a query and a body are data: neither SQL nor an operator in them finds, changes or breaks anything', async () => {
  const [base = ''] = product.gatewayUrls;
  const [mine, theirs] = [await makeWorkspace(product), await makeWorkspace(product)];
  const lists = (await routeTable(base)).filter(({ method, path, query }) => method === 'GET' && !path.includes('{') && query.length > 0);
  expect(lists.length).toBeGreaterThan(15);
  const sql = [
    `' or 1=1 --`,
    `'; drop table conversation.message; --`,
    `x') union select api_key from access.api_keys --`,
    '%',
    '\\',
    '$1',
    '{"$ne":null}',
  ];
  for (const { id, path, query } of lists.filter(({ streams }) => !streams)) {
    for (const { name } of query) {
      const attempts = [
        ...sql.map((text) => [name, text]),
        ...['[$ne]', '[$gt]', '[]', '[__proto__]'].map((operator) => [`${name}${operator}`, '']),
      ];
      for (const [key = '', value = ''] of attempts) {
        const answer = await mine.call('GET', `${path}?${new URLSearchParams([[key, value]])}`);
        expect([id, key, value, answer.status < 500]).toEqual([id, key, value, true]);
        expect([id, key, value, JSON.stringify(answer.body).includes(theirs.agentId)]).toEqual([id, key, value, false]);
        // What is no parameter is named, not left out: a filter with a slip in it would else mean everything.
        if (key !== name) expect([id, key, answer.status]).toEqual([id, key, path.startsWith('/dialects/') ? expect.any(Number) : 400]);
      }
    }
  }
  for (const operator of [{ $ne: null }, { $gt: '' }, { $where: '1' }, ['x'], true]) {
    for (const field of ['body', 'to_number', 'channel', 'agent_id'])
      expect(
        (
          await mine.call('POST', '/v1/messages', {
            body: { agent_id: mine.agentId, channel: 'sms', to_number: '+12025550100', body: 'x', [field]: operator },
          })
        ).status,
      ).toBe(400);
  }
  expect((await theirs.must('GET', '/v1/agents')).agents).toHaveLength(1);
});

/** Every service of the contracts, whichever server takes it. */
async function definitions(): Promise<ServiceDefinition[]> {
  const root = path.resolve(import.meta.dirname, '../../packages/contracts/src/gen/baton');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const modules: Record<string, unknown>[] = await Promise.all(files.map((name) => import(path.join(root, name))));
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (/ServiceService$/.test(name) ? [value as ServiceDefinition] : [])),
  );
}

function plain(path: string): MethodDefinition<unknown, unknown> {
  return { path } as MethodDefinition<unknown, unknown>;
}

/** The status of one call with these bytes as its message; a stream's end counts as its answer. */
function codeOf(
  client: Client,
  o: { method: MethodDefinition<unknown, unknown>; authorization: string | undefined; bytes: Buffer },
): Promise<status> {
  const metadata = new Metadata();
  if (o.authorization !== undefined) metadata.set('authorization', o.authorization);
  const pass = (bytes: Buffer) => bytes;
  const deadline = { deadline: Date.now() + 20_000 };
  return new Promise((resolve) => {
    const done = (error: ServiceError | null) => resolve(error ? error.code : status.OK);
    if (!o.method.responseStream) {
      client.makeUnaryRequest(o.method.path, pass, pass, o.bytes, metadata, deadline, done);
      return;
    }
    const stream = client.makeServerStreamRequest(o.method.path, pass, pass, o.bytes, metadata, deadline);
    stream
      .on('error', done)
      .on('data', () => undefined)
      .on('end', () => done(null));
  });
}

/** A length as protobuf writes it. */
function lengthOf(size: number): Buffer {
  const bytes: number[] = [];
  for (let rest = size; ; rest >>>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.from(bytes);
  }
}
