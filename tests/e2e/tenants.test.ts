import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import { type Answer, call, type Json, must } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { SseReader } from '../support/streams/sse.ts';
import { addressOf, bodyOf, type Ids, type Route, routeTable, spellingsOf } from '../support/surface/routes.ts';
import { thingsOf } from '../support/surface/things.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';
const CANARY = 'canary-7f3a9';

let routes: Route[];
let mine: Workspace;
let theirs: Workspace;
/** A key of a partner who has nothing to do with either. */
let strangersKey: string;
let myIds: Ids = {};
let theirIds: Ids = {};
/** What their own key reads on every route before anybody else has tried anything. */
let before: Map<string, string>;
/** Changes by reading, or by itself. */
const volatile = new Set([
  'last_used_at',
  'attempts',
  'next_attempt_at',
  'failing_since',
  'status',
  'last_error',
  'last_received_at',
  'last_sent_at',
  // Figures: counted a moment after what they count.
  'as_of',
  'traffic',
  'consumers',
  'pending',
  'oldest_pending_at',
  'dead',
  'log',
  'next_page_token',
]);

beforeAll(async () => {
  routes = await routeTable(base);
  [mine, theirs] = [await makeWorkspace(product), await makeWorkspace(product)];
  const stranger = { name: 'Stranger', scopes: ['read', 'write', 'admin'], new_partner: true };
  strangersKey = (await must('POST', `${base}/v1/partner-keys`, { key: product.partnerKey, body: stranger })).api_key;
  myIds = await thingsOf({ product, workspace: mine, canary: 'mine', at: '011', partnerKey: strangersKey });
  theirIds = await thingsOf({ product, workspace: theirs, canary: CANARY, at: '012', partnerKey: product.partnerKey });
  before = await seenByThem();
});

/** What is theirs and no answer to anybody else may hold: their texts and their ids in either spelling, but for those that the request has named itself. */
function leaksIn(answer: Answer, request: string): string[] {
  const text = `${JSON.stringify(answer.body)} ${JSON.stringify([...answer.headers])}`;
  const named = decodeURIComponent(request);
  return [CANARY, ...Object.values(theirIds).flatMap(spellingsOf)].filter(
    (secret) => text.includes(secret) && !spellingsOf(secret).some((spelling) => named.includes(spelling)),
  );
}

/** The route's request: things in its path, and in its query and body, by these ids. */
function requestOf(route: Route, o: { path: Ids; named: Ids }): { path: string; body: Json; names: boolean } {
  const built = bodyOf(route, o.named);
  const names = built?.names === true || route.query.some(({ name }) => name in o.named);
  return { path: addressOf(route, { path: o.path, query: o.named }), body: built?.body, names };
}

async function ask(
  route: Route,
  o: { path: Ids; named: Ids; key: string | undefined; headers?: Record<string, string> },
): Promise<Answer & { sent: string }> {
  const { path, body } = requestOf(route, o);
  const answer = await call(route.method, `${base}${path}`, {
    ...(o.key !== undefined && { key: o.key }),
    ...(o.headers && { headers: o.headers }),
    ...(body !== undefined && { body }),
  });
  return { ...answer, sent: `${path} ${JSON.stringify([body, o.headers])}` };
}

// Before anything else: what is tried with their ids stands in one's own audit log, by those ids.
test('no list shows a byte of another workspace', async () => {
  const lists = routes.filter((route) => route.method === 'GET' && route.parameters.length === 0 && !route.streams);
  for (const route of lists) {
    for (const key of [mine.key, strangersKey]) {
      const answer = await ask(route, { path: {}, named: {}, key });
      expect([route.id, answer.status < 500, leaksIn(answer, answer.sent)]).toEqual([route.id, true, []]);
    }
  }
});

/** An address is a customer's, and may be one of both. */
const namesTheirs = (route: Route) => route.parameters.some((name) => name !== 'address');

test('every route whose path names something of another workspace answers 404 to its key, without a byte of theirs, as if it did not exist', async () => {
  const naming = routes.filter(namesTheirs);
  expect(naming.length).toBeGreaterThan(35);
  for (const route of naming) {
    const wrong = await ask(route, { path: theirIds, named: theirIds, key: mine.key });
    // Some routes are a partner's alone, whatever they name.
    const answer = wrong.status === 403 ? await ask(route, { path: theirIds, named: theirIds, key: strangersKey }) : wrong;
    expect([route.id, answer.status]).toEqual([route.id, 404]);
    expect([route.id, leaksIn(wrong, wrong.sent), leaksIn(answer, answer.sent)]).toEqual([route.id, [], []]);
    // Told apart by nothing: an id that nobody has gets the same words.
    const nobodys = Object.fromEntries(Object.entries(theirIds).map(([name, id]) => [name, `${id.slice(0, -6)}000000`]));
    const key = wrong === answer ? mine.key : strangersKey;
    const missing = await ask(route, { path: nobodys, named: nobodys, key });
    expect([route.id, wordsOf(missing, nobodys)]).toEqual([route.id, wordsOf(answer, theirIds)]);
  }
});

function wordsOf(answer: Answer, ids: Ids): string {
  const { trace_id, ...said } = answer.body;
  return Object.values(ids).reduce((text, id) => text.replaceAll(id, '…'), `${answer.status} ${JSON.stringify(said)}`);
}

/** What they name is a filter as a list's is: it matches nothing, which the last test shows. */
const selecting = new Set(['createWebhook', 'updateWebhook']);

test('a route about something of its own takes nothing of another workspace into it', async () => {
  const naming = routes.filter((route) => requestOf(route, { path: myIds, named: theirIds }).names);
  expect(naming.length).toBeGreaterThan(10);
  for (const route of naming) {
    const answer = await ask(route, { path: myIds, named: theirIds, key: mine.key });
    // A list filtered by what it cannot see is empty; whatever would do something is refused.
    const fitting = route.method === 'GET' || selecting.has(route.id) ? [200, 201, 404] : [400, 403, 404, 422];
    expect([route.id, fitting.includes(answer.status), answer.status]).toEqual([route.id, true, answer.status]);
    expect([route.id, leaksIn(answer, answer.sent)]).toEqual([route.id, []]);
  }
});

test('another workspace cannot be named by a key that is not for it, nor one of its people', async () => {
  for (const route of routes) {
    for (const key of [mine.key, strangersKey]) {
      if (route.parameters.includes('account_id')) continue;
      const answer = await ask(route, { path: myIds, named: {}, key, headers: { 'baton-workspace': theirs.workspaceId } });
      // Routes that are about no workspace do not look at the header.
      const unbound = /^\/v1\/(?:workspaces|partner-keys)/.test(route.path);
      if (!unbound) expect([route.id, answer.status]).toEqual([route.id, 404]);
      expect([route.id, leaksIn(answer, answer.sent)]).toEqual([route.id, []]);
    }
  }
  const inTheirName = await mine.call('GET', '/v1/agents', { headers: { 'baton-user': theirIds['user_id'] ?? '' } });
  expect(inTheirName.status).toBeGreaterThanOrEqual(400);
  expect(leaksIn(inTheirName, theirIds['user_id'] ?? '')).toEqual([]);
});

test('every route refuses a missing, a wrong and a shortened key with 401', async () => {
  const key = mine.key;
  for (const route of routes) {
    for (const wrong of [undefined, `pk_live_${'0'.repeat(32)}`, key.slice(0, -1), `${key}x`, 'Bearer', ' ']) {
      const answer = await ask(route, { path: theirIds, named: theirIds, key: wrong });
      expect([route.id, wrong, answer.status]).toEqual([route.id, wrong, 401]);
      expect([route.id, leaksIn(answer, answer.sent)]).toEqual([route.id, []]);
    }
  }
});

test('nor does somebody who is signed in reach another workspace, by whatever route', async () => {
  const { token } = await mine.must('POST', `/v1/users/${myIds['user_id']}/sign-in-links`);
  const signedIn = await call('POST', `${base}/v1/sessions`, { body: { one_time_token: token } });
  const session = { cookie: signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '', 'x-csrf-token': signedIn.body.csrf_token };
  const naming = routes.filter(namesTheirs);
  for (const route of routes) {
    const named = { path: theirIds, named: theirIds, key: undefined };
    const elsewhere = { 'baton-workspace': theirs.workspaceId, ...session };
    const answers = [await ask(route, { path: myIds, named: {}, key: undefined, headers: elsewhere })];
    if (naming.includes(route)) answers.push(await ask(route, { ...named, headers: session }));
    // Dialects take no cookie, what only partners or keys do is not for people, and what names a workspace in its path does not look at the header.
    const fitting = route.path.startsWith('/dialects/')
      ? [401]
      : /^\/v1\/(?:partner-keys|workspaces$)|\/sign-in-links$/.test(route.path)
        ? [403, 404]
        : [404, ...(route.path.startsWith('/v1/workspaces/') ? [200] : [])];
    for (const answer of answers) {
      expect([route.id, fitting.includes(answer.status), answer.status]).toEqual([route.id, true, answer.status]);
      expect([route.id, leaksIn(answer, answer.sent)]).toEqual([route.id, []]);
    }
  }
});

test('nothing of theirs has changed by all this', async () => {
  const now = await seenByThem();
  for (const [id, text] of before) expect([id, now.get(id)]).toEqual([id, text]);
});

test('their own key gets to see what nobody else did', () => {
  const withCanary = [...before].filter(([, text]) => text.includes(CANARY)).map(([id]) => id);
  const read = routes.filter(isReadByThem).map(({ id }) => id);
  // These have no text of anybody's.
  const without = [
    'listDispatches',
    'listOptOuts',
    'listOptOutHistory',
    'listContactHistory',
    'listDeliveries',
    'listAuditLog',
    'getWorkspace',
    'listChannels',
    'getChannel',
    'crmListConversations',
    // The bytes are somebody else's, here a page that is everybody's; its name is in a header.
    'getAttachment',
  ];
  expect(read.filter((id) => !withCanary.includes(id) && !without.includes(id))).toEqual([]);
});

test('a stream and the webhooks of one workspace tell nothing of what happens in another', async () => {
  await using stream = await SseReader.open(`${base}/v1/stream`, { key: mine.key });
  const write = (workspace: Workspace, ids: Ids, text: string) =>
    workspace.must('POST', `/v1/conversations/${ids['conversation_id']}/messages`, { body: text, takeover: false });
  await write(theirs, theirIds, CANARY);
  const own = await write(mine, myIds, 'the last');
  await eventually(
    () => JSON.stringify(stream.frames),
    (text) => text.includes(own.message_id),
  );
  expect(JSON.stringify(stream.frames)).not.toContain(CANARY);
  // One of mine asks for the events of their agent: of all that they have done, nothing has been made out to it.
  const { webhooks } = await mine.must('GET', '/v1/webhooks');
  expect(webhooks.flatMap((one: Json) => one.agent_ids)).toContain(theirIds['agent_id']);
  const { deliveries } = await mine.must('GET', '/v1/deliveries');
  expect(deliveries.filter((one: Json) => one.event_type !== 'webhook.test')).toEqual([]);
});

test('a page token counts for no other list and no other workspace', async () => {
  const tokenOf = async (workspace: Workspace): Promise<string> => {
    await workspace.must('POST', '/v1/agents', { display_name: 'Second', backend: { kind: 'echo' } });
    return (await workspace.must('GET', '/v1/agents?page_size=1')).next_page_token;
  };
  const [own, foreign] = [await tokenOf(mine), await tokenOf(theirs)];
  const lists = routes.filter(({ query }) => query.some(({ name }) => name === 'page_token' || name === 'cursor'));
  expect(lists.length).toBeGreaterThan(20);
  for (const route of lists) {
    // What only partners list is asked with their key, which is none of this workspace.
    const key = /^\/v1\/(?:partner-keys|workspaces$)/.test(route.path) ? strangersKey : mine.key;
    for (const token of route.id === 'listAgents' ? [foreign] : [own, foreign]) {
      const answer = await ask(route, { path: myIds, named: { ...myIds, page_token: token, cursor: token }, key });
      expect([route.id, answer.status, JSON.stringify(answer.body)]).toEqual([route.id, 400, expect.stringContaining('page_token')]);
    }
  }
});

/** Everything that reads, by what it reads of theirs. A partner's keys and workspaces are not theirs alone, and a key has no session. */
function isReadByThem(route: Route): boolean {
  return route.method === 'GET' && !route.streams && !/^\/v1\/(?:partner-keys|workspaces$|sessions\/current)/.test(route.path);
}

async function seenByThem(): Promise<Map<string, string>> {
  const seen = new Map<string, string>();
  for (const route of routes.filter(isReadByThem)) {
    const answer = await ask(route, { path: theirIds, named: theirIds, key: theirs.key });
    expect([route.id, answer.status]).toEqual([route.id, 200]);
    seen.set(
      route.id,
      JSON.stringify(answer.body, (name, value) => (volatile.has(name) ? undefined : value)),
    );
  }
  return seen;
}
