import { SearchMessagesRequest } from '@baton/contracts/gen/baton/conversation/v1/search_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countedHits } from '../src/store/search.ts';
import { answered, meet, messageRow } from './acts.ts';
import { claim, type Harness, makeWorkspace, record, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
let neighbour: Workspace;
beforeAll(async () => {
  h = await startHarness({ rowsByHand: true });
  w = await makeWorkspace(h);
  neighbour = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const search = (query: string, more: Parameters<typeof SearchMessagesRequest.fromPartial>[0] = {}) =>
  h.search.searchMessages(SearchMessagesRequest.fromPartial({ workspaceId: w.workspaceId, query, ...more }));

/** Messages as they stand in the table, without the way there: thousands of them, in a workspace's one conversation. Answers their ids. */
async function fill(where: Workspace, texts: string[]): Promise<string[]> {
  const { id } = await meet(h, where, { text: 'first' });
  const ids = texts.map(() => newId('message'));
  await h.admin.query(
    `insert into conversation.message (message_id, workspace_id, conversation_id, sequence, direction, author, channel, channel_account_id, from_number, to_number,
       contact_id, text, attachments, metadata, status, status_history, segments, encoding, mode_epoch, parting, claim, created_at)
     select m.id, c.workspace_id, c.conversation_id, 1 + m.n, 'inbound', 'contact', c.channel, c.channel_account_id, c.remote_address, c.own_address,
       c.contact_id, m.text, '[]', '{}', 'received', '[]', 1, 'gsm7', 1, false, 0, now()
     from unnest($2::text[], $3::text[]) with ordinality as m(id, text, n), conversation.conversation c where c.conversation_id = $1`,
    [id, ids, texts],
  );
  return ids;
}

test('finds what was said in any script and letter case, with conversation and contact, newest first', async () => {
  const { id } = await meet(h, w, {
    text: 'Die Straße nach İZMİR, привет, ΌΔΟΣ, 你好吗, مرحبا بك 🍕🍕',
    contact: { name: 'Ada', email: '', attributes: undefined },
  });
  const { id: later } = await meet(h, w, { text: 'Wo ist die STRASSE?' });
  for (const query of ['straße', 'STRASSE', 'izmir', 'İzmir', 'ПРИВЕТ', 'όδος', '你好吗', 'مرحبا', '🍕', 'z']) {
    const found = await search(query);
    expect(
      found.hits.map((hit) => hit.conversation?.conversationId),
      query,
    ).toContain(id);
    expect(found, query).toMatchObject({ totalIsExact: true, total: found.hits.length, searchedSince: undefined });
  }
  const { hits } = await search('strasse');
  expect(hits.map((hit) => hit.message?.conversationId)).toEqual([later, id]);
  expect(hits[1]).toMatchObject({ message: { author: 'contact' }, conversation: { contact: { name: 'Ada' }, agentId: w.agentId } });
});

test('%, _ and \\ mean themselves', async () => {
  await meet(h, w, { text: '100% of a_b, C:\\temp' });
  await meet(h, w, { text: '1000 of acb, C:/temp' });
  for (const query of ['100%', '0% o', 'a_b', 'C:\\temp', '\\', '%', '_']) expect((await search(query)).total, query).toBe(1);
  expect((await search('%%')).total).toBe(0);
});

test('channel and agent narrow it down', async () => {
  await meet(h, w, { text: 'quince' });
  const other = await makeWorkspace(h);
  expect((await search('quince', { channel: 'sms', agentId: w.agentId })).total).toBe(1);
  expect((await search('quince', { channel: 'whatsapp' })).total).toBe(0);
  expect((await search('quince', { agentId: other.agentId })).total).toBe(0);
  expect((await search('qu', { agentId: other.agentId })).total).toBe(0);
});

test('another workspace’s messages are neither found nor counted', async () => {
  await meet(h, neighbour, { text: 'our secret canary' });
  for (const query of ['secret canary', 'ca']) expect((await search(query)).total, query).toBe(0);
  const service = new pg.Client({ connectionString: h.infra.postgres.urls.baton_conversation });
  await service.connect();
  const call = `select conversation.search_messages('canary', true, 10, 10, 10, null, null)`;
  await expect(service.query(call)).rejects.toMatchObject({ code: '42501' });
  await service.query(`select set_config('app.workspaces', '${w.workspaceId},${neighbour.workspaceId}', false)`);
  await expect(service.query(call)).rejects.toMatchObject({ code: '42501' });
  await service.end();
});

test.each([
  ['empty', ''],
  ['too long', 'x'.repeat(201)],
])('a term that is %s is refused', async (_, query) => {
  await expect(search(query)).rejects.toMatchObject({ code: 'validation_error' });
});

test('a limit beyond 50 is refused', async () => {
  await expect(search('x', { limit: 51 })).rejects.toMatchObject({ code: 'validation_error' });
});

test('a rare and a common term take the index, also beside a neighbour who says it all the time; a common one counts to its cap', async () => {
  const quiet = await makeWorkspace(h);
  const [pearl] = await fill(quiet, ['a pearl in the sea', ...Array.from({ length: 20 }, (_, i) => `wave ${i}`)]);
  await fill(
    neighbour,
    Array.from({ length: 5000 }, (_, i) => `pearl wave common ${i}`),
  );
  await h.admin.query('vacuum analyze conversation.message');
  const inQuiet = (query: string) => search(query, { workspaceId: quiet.workspaceId });
  expect(await inQuiet('pearl')).toMatchObject({ total: 1, hits: [{ message: { messageId: pearl } }] });
  const common = await search('common', { workspaceId: neighbour.workspaceId, limit: 3 });
  expect(common).toMatchObject({ total: countedHits, totalIsExact: false });
  expect(common.hits.map((hit) => hit.message!.text)).toEqual([4999, 4998, 4997].map((n) => `pearl wave common ${n}`));

  const plans = await plansOf(quiet.workspaceId, 'pearl');
  expect(plans).toMatch(/Bitmap Index Scan on message_by_words/);
  // What the neighbour wrote was not even looked at: as many rows as were found.
  expect(plans).toMatch(/Bitmap Index Scan on message_by_words.*rows=1(\.00)? loops=1/);
  expect(plans).not.toMatch(/Seq Scan/);
  expect(await plansOf(quiet.workspaceId, 'co', false)).toMatch(/Index (Only )?Scan Backward using message_by_age/);
});

/** The plans of the statements inside the function, as Postgres itself tells them. */
async function plansOf(workspaceId: string, term: string, trigrams = true): Promise<string> {
  const client = await h.admin.connect();
  const notices: string[] = [];
  client.on('notice', (notice: { message?: string }) => notices.push(notice.message ?? ''));
  for (const setting of ["load 'auto_explain'", 'set auto_explain.log_min_duration = 0', 'set auto_explain.log_nested_statements = on'])
    await client.query(setting);
  await client.query('set auto_explain.log_analyze = on; set client_min_messages = log');
  await client.query(`select set_config('app.workspaces', $1, false)`, [workspaceId]);
  // As the service's role, which is under row-level security.
  await client.query('set role baton_conversation');
  await client.query('select conversation.search_messages($1, $2, 10, 1000, 20000, null, null)', [term, trigrams]);
  // Not back to the pool: it has settings of its own now.
  client.release(true);
  return notices.join('\n');
}

test('what was written a moment ago and what is settled into the tree are both found', async () => {
  await meet(h, w, { text: 'kumquat one' });
  await h.admin.query('select conversation.settle_search_index()');
  await meet(h, w, { text: 'kumquat two' });
  expect((await search('kumquat')).total).toBe(2);
});

test('what is on its way to the customer is found, and once when it has arrived', async () => {
  const { messageId, id } = await answered(h, w, 'a rambutan for you');
  const found = async () => (await search('rambutan')).hits.map((hit) => hit.message?.messageId);
  await claim(h, w, id, messageId);
  expect((await messageRow(h, messageId)).status).toBe('sending');
  expect(await found()).toEqual([messageId]);
  await record(h, w, { conversationId: id, messageId, claim: 1, outcome: 'sent', providerMessageId: 'SM-rambutan' });
  expect((await messageRow(h, messageId)).status).toBe('sent');
  expect(await found()).toEqual([messageId]);
});

test('a term too short for the index is sought in so many of the newest messages, and the answer says where it stopped', async () => {
  const small = await makeWorkspace(h);
  const ids = await fill(small, ['qZ oldest', 'nothing', 'nothing']);
  const client = await h.admin.connect();
  try {
    const ask = async (scanned: number) => {
      await client.query(`select set_config('app.workspaces', $1, false)`, [small.workspaceId]);
      return (await client.query('select * from conversation.search_messages($1, false, 10, 10, $2, null, null)', ['Qz', scanned])).rows[0];
    };
    expect(await ask(2)).toMatchObject({ ids: [], total: 0, oldest_scanned: ids[0] });
    expect(await ask(100)).toEqual({ ids: [ids[0]], total: 1, oldest_scanned: null });
  } finally {
    await client.query('reset all');
    client.release();
  }
});

test('when the index does not answer in time, the newest messages are looked through instead', async () => {
  await meet(h, w, { text: 'tamarind' });
  const searching = async () => {
    const { rows } = await h.admin.query<{ began: Date }>(
      `select xact_start as began from pg_stat_activity
       where application_name = 'baton-conversation-search' and wait_event_type = 'Lock' and datname = current_database()`,
    );
    return rows[0]?.began.getTime();
  };
  const client = await h.admin.connect();
  await client.query('begin; lock table conversation.message in access exclusive mode');
  const found = search('tamarind');
  try {
    const first = await eventually(searching, (began) => began !== undefined);
    await eventually(searching, (began) => began !== undefined && began !== first);
  } finally {
    await client.query('rollback');
    client.release();
  }
  expect(await found).toMatchObject({ total: 1, totalIsExact: true, hits: [{ message: { text: 'tamarind' } }] });
});

// Letters whose cases are not one to one, digraphs, marks, other scripts, wildcards of `like`, spaces and quotes.
const alphabet = [...'aAbBiIİıßẞsSſσςΣKkKåÅÅéÉяЯжЖ你好吗日本مرح🍕🎉ǆǅǄﬁ%_\\\'" .,-1a2'];
const texts = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 24 });

/** The same folding by other means: letter by letter to lower, upper and lower case again, the dots of i dropped. */
function fold(text: string): string {
  const folded = [...text].flatMap((letter) => [...letter.toLowerCase().toUpperCase()].map((one) => one.toLowerCase()));
  return folded.join('').replaceAll('i\u0307', 'i');
}

test('search agrees with a plain comparison of folded strings, over random texts and terms', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(texts, { minLength: 20, maxLength: 30 }),
      fc.array(texts, { minLength: 5, maxLength: 5 }),
      async (stored, terms) => {
        const workspace = await makeWorkspace(h);
        const all = stored.map((text, n) => ({ text, n }));
        await fill(workspace, stored);
        const parts = stored
          .slice(0, 10)
          .map((text, n) => [...text].slice(n % 3, (n % 3) + 1 + (n % 5)).join(''))
          .filter(Boolean);
        for (const term of [...terms.map((one) => [...one].slice(0, 4).join('')), ...parts, ...parts.map((one) => one.toUpperCase())]) {
          const expected = all.filter(({ text }) => fold(text).includes(fold(term))).map(({ text }) => text);
          const found = await search(term, { workspaceId: workspace.workspaceId, limit: 50 });
          expect(
            found.hits.map((hit) => hit.message!.text).filter((text) => text !== 'first'),
            JSON.stringify(term),
          ).toEqual(expected.reverse());
        }
      },
    ),
    { numRuns: 8 },
  );
});
