import { newId } from '@baton/contracts/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from '../src/service.ts';
import { client, IdentityProvider } from './identity-provider.ts';
import { Person } from './person.ts';
import { type Bench, call, configFor, ready, startBench } from './support.ts';

const workspaceId = newId('workspace');
const gatewayUrl = 'http://127.0.0.1:4000';
let provider: IdentityProvider;
let bench: Bench;
let key: string;
const settings = () => ({
  BATON_OIDC_ISSUER: provider.url,
  BATON_OIDC_CLIENT_ID: client.id,
  BATON_OIDC_CLIENT_SECRET: client.secret,
  BATON_OIDC_LABEL: 'Trattoria ID',
  BATON_OIDC_WORKSPACE_ID: workspaceId,
  BATON_OIDC_DOMAINS: 'trattoria.example',
  BATON_OIDC_ROLES: 'support=operator',
});

beforeAll(async () => {
  provider = await IdentityProvider.start(`${gatewayUrl}/v1/sessions/oidc/callback`);
  bench = await startBench({ ...settings(), BATON_EGRESS_ALLOW: '127.0.0.0/8' });
  key = await bench.key(workspaceId);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const visit = (path: string, cookie = '') =>
  fetch(`${bench.gateway.url}${path}`, { redirect: 'manual', headers: { ...(cookie && { cookie }) } });

/** The way of a browser to the provider, and back to our door. */
async function toTheDoor(account: string): Promise<{ callback: string; cookie: string }> {
  provider.present = account;
  const started = await visit('/v1/sessions/oidc/start');
  expect(started.status).toBe(302);
  const [set = ''] = started.headers.getSetCookie();
  expect(set).toMatch(/; HttpOnly; SameSite=Lax$/);
  const back = await provider.visit(started.headers.get('location') ?? '');
  expect(back.origin).toBe(gatewayUrl);
  return { callback: `${back.pathname}${back.search}`, cookie: set.split(';')[0] ?? '' };
}

const sessionIn = (answer: Response) => answer.headers.getSetCookie().find((one) => one.startsWith('baton_session='));

/** All of it; answers where the browser ends, and who is signed in there. */
async function signIn(account: string): Promise<{ location: string | null; person: Person | undefined }> {
  const { callback, cookie } = await toTheDoor(account);
  const answer = await visit(callback, cookie);
  const session = sessionIn(answer);
  const person = session ? Object.assign(new Person(bench.gateway), { cookie: session.split(';')[0] }) : undefined;
  return { location: answer.headers.get('location'), person };
}

const known = (email: string, more: object = {}) =>
  call(bench.gateway, { path: '/v1/users', method: 'POST', key, body: { email, display_name: email, role: 'viewer', ...more } });
const knows = (account: string, email: string, more: object = {}) =>
  provider.accounts.set(account, { email, email_verified: true, name: 'Ada Obi', ...more });

test('who is known by the address that the provider has verified gets in, as who they are here', async () => {
  const { user_id } = (await known('ada@trattoria.example')).body;
  knows('a', 'Ada@trattoria.example', { groups: ['support'] });
  const { location, person } = await signIn('a');
  expect(location).toBe('/inbox');
  const session = (await person!.ask('GET', '/v1/sessions/current')).body;
  expect(session).toMatchObject({ user: { user_id }, role: 'viewer', workspace: { workspace_id: workspaceId } });
  expect((await person!.ask('GET', '/v1/sessions')).body.sessions).toMatchObject([{ method: 'oidc', is_current: true }]);
  const { entries } = (await call(bench.gateway, { path: '/v1/audit-log?operation=finishOidc', key })).body;
  expect(entries).toMatchObject([{ user_id, status: 302 }]);
});

test('who is new is added where their groups have a role here, and is nobody where not', async () => {
  knows('b', 'bo@trattoria.example', { groups: ['kitchen', 'support'] });
  const { person } = await signIn('b');
  expect((await person!.ask('GET', '/v1/sessions/current')).body).toMatchObject({
    role: 'operator',
    user: { email: 'bo@trattoria.example', display_name: 'Ada Obi', has_password: false },
  });
  knows('c', 'cy@trattoria.example', { groups: ['kitchen'] });
  expect(await signIn('c')).toEqual({ location: '/sign-in#problem=unknown', person: undefined });
});

test('an address that is not verified, of another domain, or of somebody who is switched off lets nobody in', async () => {
  await known('dee@trattoria.example');
  await known('eve@elsewhere.example');
  await known('fay@trattoria.example', { enabled: false });
  knows('d', 'dee@trattoria.example', { email_verified: false });
  knows('e', 'eve@elsewhere.example');
  knows('f', 'fay@trattoria.example');
  for (const account of ['d', 'e', 'f'])
    expect([account, await signIn(account)]).toEqual([account, { location: '/sign-in#problem=unknown', person: undefined }]);
});

test('what was not begun in this browser, is answered twice or says something else is no sign-in', async () => {
  await known('gus@trattoria.example');
  knows('g', 'gus@trattoria.example');
  const [one, other] = [await toTheDoor('g'), await toTheDoor('g')];
  const refused = async (callback: string, cookie: string) => {
    const answer = await visit(callback, cookie);
    expect([answer.status, answer.headers.get('location'), sessionIn(answer)]).toEqual([302, '/sign-in#problem=provider', undefined]);
  };
  // Somebody else's answer, put before this browser: by its state, by its code, and without having begun.
  await refused(other.callback, one.cookie);
  await refused(one.callback.replace(/code=[^&]+/, /code=[^&]+/.exec(other.callback)![0]), one.cookie);
  await refused(one.callback, '');
  await refused(one.callback, `baton_oidc=${'x'.repeat(100)}`);
  await refused('/v1/sessions/oidc/callback?error=access_denied', one.cookie);
  const { callback, cookie } = await toTheDoor('g');
  expect((await visit(callback, cookie)).headers.get('location')).toBe('/inbox');
  await refused(callback, cookie);
});

test('pages are told of the provider where there is one; its address goes through the guard like every other', async () => {
  expect((await call(bench.gateway, { path: '/v1/sessions/options' })).body).toEqual({
    oidc: { label: 'Trattoria ID', start_url: `${gatewayUrl}/v1/sessions/oidc/start` },
  });
  // This machine's own network is not let out to unless it is named.
  await using guarded = await startService(configFor(bench.infra, settings()));
  await ready(guarded);
  expect(await call(guarded, { path: '/v1/sessions/oidc/start' })).toMatchObject({ status: 503, body: { code: 'unavailable' } });
});
