import { readFileSync } from 'node:fs';
import path from 'node:path';
import { busUsers } from '@baton/contracts/bus-rights.ts';
import { roles } from '@baton/db/bootstrap.ts';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { userLines } from '../nats-server.ts';
import { PORTS, SERVICE_PORTS, SERVICES, type ServiceName } from './names.ts';
import { makeSecrets } from './secrets.ts';
import { type Layout, serviceEnv } from './service-env.ts';

type Container = { environment: Record<string, unknown>; build: { args: { SERVICE: string } }; healthcheck: { test: string[] } };

const deploy = path.resolve(import.meta.dirname, '../../../../deploy');
const compose = parse(readFileSync(path.join(deploy, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Record<string, Container>;
  configs: { nats: { content: string } };
};

const layout: Layout = {
  host: '127.0.0.1',
  natsUrls: Object.fromEntries(busUsers.map((user) => [user, `nats://${user}:secret@nats:4222`])) as Layout['natsUrls'],
  databaseUrls: Object.fromEntries(roles.map((role) => [role, `postgres://${role}@x/baton`])) as Layout['databaseUrls'],
  instances: Object.fromEntries(
    SERVICES.map((name) => [name, [{ main: PORTS[SERVICE_PORTS[name].main].port, ops: PORTS[SERVICE_PORTS[name].ops ?? 'gateway'].port }]]),
  ) as Layout['instances'],
};

const container = (name: ServiceName): Container => compose.services[name] as Container;
const launched = (name: ServiceName) => serviceEnv(name, layout.instances[name][0] ?? { main: 0 }, layout, makeSecrets());

test('the compose file has the four services, the two servers and the making of the database', () => {
  expect(Object.keys(compose.services).sort()).toEqual([...SERVICES, 'database', 'nats', 'postgres'].sort());
});

test.each(SERVICES)('%s gets the same variables from the compose file as from the launcher', (name) => {
  expect(Object.keys(container(name).environment).sort()).toEqual(Object.keys(launched(name)).sort());
  expect(container(name).build.args.SERVICE).toBe(name);
});

test.each(SERVICES)('%s listens on the documented ports, and its health is asked on the right one', (name) => {
  const { main, ops } = SERVICE_PORTS[name];
  expect(container(name).environment[PORTS[main].variable]).toBe(PORTS[main].port);
  expect(container(name).healthcheck.test.join(' ')).toContain(`:${PORTS[ops ?? main].port}/readyz`);
});

test.each(SERVICES)('%s connects as the same database role in both', (name) => {
  const user = (url: unknown) => (url === undefined ? undefined : /^postgres:\/\/([a-z_]+)[:@]/.exec(String(url))?.[1]);
  for (const variable of ['BATON_POSTGRES_URL', 'BATON_POSTGRES_OWNER_URL', 'BATON_POSTGRES_SYSTEM_URL']) {
    expect(user(container(name).environment[variable])).toBe(user(launched(name)[variable]));
  }
});

test.each(SERVICES)('%s connects to NATS as itself, with the rights that the code says it has', (name) => {
  expect(String(container(name).environment['BATON_NATS_URL'])).toMatch(new RegExp(`^nats://${name}:`));
});

test('NATS takes nobody but the services and the operator, each with its own rights', () => {
  const variable = (user: string) => `\${BATON_NATS_${user.toUpperCase().replaceAll('-', '_')}_PASSWORD:?run deploy/make-env.mjs}`;
  const written = / {2}users: \[\n([\s\S]*?)\n {2}\]\n/.exec(compose.configs.nats.content.replaceAll('$$', '$'))?.[1];
  const wanted = busUsers.flatMap((user) => userLines(user, { password: variable(user), simulator: false }));
  expect(written?.split('\n').filter((line) => !/^\s*#/.test(line))).toEqual(wanted.map((line) => `    ${line}`));
  // Compose takes a lone dollar sign for a variable.
  expect(compose.configs.nats.content).not.toMatch(/(?<!\$)\$(?![${])/);
  // The simulated phones' rights stand beside them, for whoever switches those on.
  const more = userLines('ingest', { password: '', simulator: true }).filter((line) => /simulator/i.test(line));
  for (const line of more) expect(compose.configs.nats.content.replaceAll('$$', '$')).toContain(`# ${line.trim()}`);
});

test('NATS syncs to disk before it acknowledges, and no simulator nor private address is open by default', () => {
  expect(compose.configs.nats.content).toContain('sync_interval: always');
  const { BATON_SIMULATOR: simulator, BATON_EGRESS_ALLOW: allowed } = container('ingest').environment;
  expect([simulator, allowed].map((value) => /:-(.*)\}$/.exec(String(value))?.[1])).toEqual(['0', '']);
});

test('every variable that must be set is one that make-env.mjs makes', () => {
  const text = readFileSync(path.join(deploy, 'compose.yaml'), 'utf8');
  const made = readFileSync(path.join(deploy, 'make-env.mjs'), 'utf8');
  const required = [...text.matchAll(/\$\{([A-Z_]+):\?/g)].map((match) => match[1]);
  expect(required.length).toBeGreaterThan(5);
  for (const variable of required) expect(made).toContain(`${variable}:`);
});
