import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Bench, call, partnerKey, startBench } from './support.ts';

let bench: Bench;
let admin: pg.Pool;
let key: string;
let workspaceId: string;
beforeAll(async () => {
  bench = await startBench({ BATON_EXPORT_STALL_MS: '1500' }, true);
  const url = new URL(bench.infra.postgres.superUrl);
  url.pathname = `/${bench.infra.postgres.database}`;
  admin = new pg.Pool({ connectionString: url.href, max: 2 });
  const made = await call(bench.gateway, { path: '/v1/workspaces', method: 'POST', key: partnerKey, body: { name: 'Export' } });
  ({ api_key: key, workspace_id: workspaceId } = made.body);
});
afterAll(async () => {
  await admin.end();
  await bench[Symbol.asyncDispose]();
});
afterEach(() => nobodyReads());

const api = (path: string, more: { method?: string; key?: string; headers?: Record<string, string> } = {}) =>
  call(bench.gateway, { path, key, ...more });
const exportPath = (agentId: string, query: string) => `/v1/agents/${agentId}/conversations/export?${query}`;

async function newAgent(name = 'Ada'): Promise<string> {
  const made = await call(bench.gateway, { path: '/v1/agents', method: 'POST', key, body: { display_name: name } });
  return made.body.agent_id;
}

/** Conversations with messages as they stand in the tables, the first one the oldest; thousands would take too long the whole way. */
async function fill(
  agentId: string,
  conversations: { texts: string[]; name?: string; from?: string }[],
  minutesAgo = conversations.length,
): Promise<string[]> {
  const ids = conversations.map(() => newId('conversation'));
  const start = Date.now() - minutesAgo * 60_000;
  for (const [n, { texts, name, from }] of conversations.entries()) {
    const at = new Date(start + n * 60_000);
    const contact = newId('contact');
    const address = from ?? `+1555${String(1_000_000 + n)}`;
    await admin.query(`insert into conversation.contact values ($1, $2, $3, null, null, '{"plan":"gold"}', $4, $4)`, [
      contact,
      workspaceId,
      name ?? null,
      at,
    ]);
    await admin.query(
      `insert into conversation.conversation (conversation_id, workspace_id, agent_id, partition, channel, channel_account_id, remote_address, own_address, contact_id,
         ai_mode, mode_epoch, status, tags, needs_handoff, unread, message_count, event_sequence, metadata, created_at, updated_at)
       values ($1, $2, $3, 0, 'sms', 'chn_x', $4, '+15550100', $5, 'ai', 1, 'active', '{a,b}', false, true, $6, 1, '{}', $7, $7)`,
      [ids[n], workspaceId, agentId, address, contact, texts.length, at],
    );
    await admin.query('insert into conversation.activity (conversation_id, workspace_id, active_at) values ($1, $2, $3)', [
      ids[n],
      workspaceId,
      at,
    ]);
    await admin.query(
      `insert into conversation.message (message_id, workspace_id, conversation_id, sequence, direction, author, channel, channel_account_id, from_number, to_number,
         contact_id, text, attachments, metadata, status, status_history, segments, encoding, mode_epoch, parting, claim, created_at)
       select m.id, $2, $1, m.n, 'inbound', 'contact', 'sms', 'chn_x', $3, '+15550100', $4, m.text, '[]', '{}', 'received', '[]', 1, 'gsm7', 1, false, 0, $5
       from unnest($6::text[], $7::text[]) with ordinality as m(id, text, n)`,
      [ids[n], workspaceId, address, contact, at, texts.map(() => newId('message')), texts],
    );
  }
  return ids;
}

/** An agent with more than all the buffers on the way hold: 24 MB. */
let largeAgent: Promise<string> | undefined;
function anAgentWithMuch(): Promise<string> {
  largeAgent ??= newAgent().then(async (agentId) => {
    await fill(agentId, large());
    return agentId;
  });
  return largeAgent;
}
const large = () => [
  { texts: Array.from({ length: 1200 }, (_, i) => `one long conversation ${i} ${'x'.repeat(10_000)}`) },
  ...Array.from({ length: 120 }, (_, i) => ({ texts: Array.from({ length: 10 }, (_, n) => `short ${i} ${n} ${'y'.repeat(10_000)}`) })),
];

/** A reader that takes nothing until it is told to. */
async function open(path: string): Promise<IncomingMessage> {
  const request = get(`${bench.gateway.url}${path}`, { headers: { authorization: `Bearer ${key}` }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}

async function transactions(): Promise<number> {
  const { rows } = await admin.query(
    `select count(*)::int as n from pg_stat_activity where application_name = 'baton-conversation-export' and datname = current_database() and state <> 'idle'`,
  );
  return rows[0].n;
}
const nobodyReads = () => eventually(transactions, (n) => n === 0, { what: 'exports that have let go of their transactions' });

test('JSON and NDJSON have each conversation, newest activity first, with its contact and, if asked for, its messages in order', async () => {
  const agentId = await newAgent();
  const [older, newer] = await fill(agentId, [{ texts: ['one', 'two'], name: 'Ada' }, { texts: ['Grüße 你好'] }]);
  const whole = await api(exportPath(agentId, 'include=messages'));
  expect(whole.status).toBe(200);
  expect(whole.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(whole.body).toMatchObject({
    conversations: [
      { conversation_id: newer, ai_mode: 'ai', messages: [{ text: 'Grüße 你好' }] },
      {
        conversation_id: older,
        contact: { name: 'Ada' },
        messages: [
          { text: 'one', sequence: 1 },
          { text: 'two', sequence: 2 },
        ],
      },
    ],
    next_cursor: null,
  });
  const single = await api(`/v1/conversations/${older}`);
  const { messages, next_page_token: _, ...conversation } = single.body;
  const { cursor: _cursor, ...exported } = whole.body.conversations[1];
  expect(exported).toEqual({ ...conversation, messages: messages.reverse() });

  const lines = (await text(await open(exportPath(agentId, 'format=ndjson')))).trimEnd().split('\n');
  expect(lines.map((line: string) => JSON.parse(line).conversation_id)).toEqual([newer, older]);
  expect(JSON.parse(lines[0]!).messages).toBeUndefined();
  expect((await api(exportPath(await newAgent(), ''))).body).toEqual({ conversations: [], next_cursor: null });
});

test('CSV is quoted by RFC 4180, safe in a spreadsheet, and readable to Excel; without its mark for programs', async () => {
  const agentId = await newAgent();
  const nasty = ['=cmd|calc', '+1', '-1', '@sum', '\tx', '\rx', 'a,"b"\nc', 'plain'];
  const [id] = await fill(agentId, [{ texts: nasty, name: '=HYPERLINK("http://evil")', from: '+15559999' }]);
  const { body, headers } = await api(exportPath(agentId, 'format=csv&include=messages&bom=false'));
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  const [head, ...rows] = parseCsv(body);
  const column = (name: string) => rows.map((row) => row[head!.indexOf(name)]);
  expect(rows.every((row) => row.length === head!.length)).toBe(true);
  expect(column('text')).toEqual(["'=cmd|calc", "'+1", "'-1", "'@sum", "'\tx", "'\rx", 'a,"b"\nc', 'plain']);
  expect(column('contact_name')[0]).toBe(`'=HYPERLINK("http://evil")`);
  expect(column('from_number')[0]).toBe("'+15559999");
  expect(column('contact_attributes')[0]).toBe('{"plan":"gold"}');
  expect(column('tags')[0]).toBe('a; b');
  expect(column('conversation_id')).toEqual(nasty.map(() => id));
  // Only the last row of a conversation stands for all of it.
  expect(column('cursor').map(Boolean)).toEqual(nasty.map((_, i) => i === nasty.length - 1));
  const marked = await fetch(`${bench.gateway.url}${exportPath(agentId, 'format=csv')}`, { headers: { authorization: `Bearer ${key}` } });
  expect(new Uint8Array(await marked.arrayBuffer()).slice(0, 18)).toEqual(new TextEncoder().encode('\ufeffconversation_id'));
});

function parseCsv(csv: string): string[][] {
  const records = csv.match(/(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*\r\n/g) ?? [];
  expect(records.join('')).toBe(csv);
  return records.map((record) =>
    [...record.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
      (cell) => cell[1]?.replaceAll('""', '"') ?? cell[2] ?? '',
    ),
  );
}

test('the file has a name in any script, and HEAD tells it without the file', async () => {
  const agentId = await newAgent('Анна "A"/B');
  const { headers } = await api(exportPath(agentId, 'format=csv'));
  const disposition = headers.get('content-disposition')!;
  expect(disposition).toMatch(/^attachment; filename="conversations \d{4}-\d\d-\d\d\.csv"; filename\*=utf-8''%D0%90/i);
  const head = await api(exportPath(agentId, 'format=csv'), { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers.get('content-disposition')).toBe(disposition);
});

test('what cannot be exported is refused before anything is sent', async () => {
  const agentId = await newAgent();
  const other = (await call(bench.gateway, { path: '/v1/workspaces', method: 'POST', key: partnerKey, body: { name: 'Other' } })).body
    .api_key;
  expect((await api(exportPath(newId('agent'), ''))).body.code).toBe('not_found');
  expect((await api(exportPath(agentId, ''), { key: other })).body.code).toBe('not_found');
  expect((await api(exportPath(agentId, 'cursor=abc'))).body.code).toBe('invalid_page_token');
  for (const query of ['format=xml', 'limit=0', 'limit=-1', 'include=secrets'])
    expect((await api(exportPath(agentId, query))).status, query).toBe(400);
});

test('an export goes on behind any cursor: what has been active since comes first, again or anew, and nothing is missed', async () => {
  const agentId = await newAgent();
  const ids = await fill(
    agentId,
    Array.from({ length: 7 }, (_, i) => ({ texts: [`${i}`] })),
    60,
  );
  const told = (body: { conversations: { conversation_id: string }[] }) =>
    body.conversations.map((one) => ids.indexOf(one.conversation_id));
  const first = await api(exportPath(agentId, 'limit=3'));
  expect(told(first.body)).toEqual([6, 5, 4]);
  expect(first.body.next_cursor).toBe(first.body.conversations[2].cursor);
  // One that was told is active again, and so is one that was not.
  await admin.query('update conversation.activity set active_at = now() where conversation_id = any($1)', [[ids[5]]]);
  await admin.query("update conversation.activity set active_at = now() + interval '1 second' where conversation_id = any($1)", [[ids[1]]]);
  const second = await api(exportPath(agentId, `limit=3&cursor=${first.body.next_cursor}`));
  expect(told(second.body)).toEqual([1, 5, 3]);
  const third = await api(exportPath(agentId, `limit=all&cursor=${second.body.next_cursor}`));
  expect(told(third.body).filter((n) => ![1, 5].includes(n))).toEqual([2, 0]);
  expect(third.body.next_cursor).toBeNull();
  // Cut off among what is new: it begins there again.
  const cut = await api(exportPath(agentId, `limit=1&cursor=${first.body.next_cursor}`));
  expect(told(cut.body)).toEqual([1]);
  expect(told((await api(exportPath(agentId, `cursor=${cut.body.next_cursor}`))).body)).toEqual([1, 5, 3, 2, 0]);
});

test('an export is of one moment, however slowly it is read', async () => {
  const agentId = await anAgentWithMuch();
  const reading = await open(exportPath(agentId, 'include=messages'));
  await admin.query(
    `update conversation.message set text = 'changed' || sequence where workspace_id = $1 and text like 'one long%' and sequence > 1000`,
    [workspaceId],
  );
  const whole = JSON.parse(await text(reading));
  expect(whole.conversations).toHaveLength(121);
  const long = whole.conversations.at(-1).messages;
  expect(long.map((one: { sequence: number }) => one.sequence)).toEqual(Array.from({ length: 1200 }, (_, i) => i + 1));
  expect(long.every((one: { text: string }) => one.text.startsWith('one long'))).toBe(true);
});

test('a client that goes away frees connection, transaction and stream', async () => {
  const agentId = await anAgentWithMuch();
  const readings = await Promise.all([1, 2, 3].map(() => open(exportPath(agentId, 'include=messages'))));
  await eventually(transactions, (n) => n === 3);
  const refused = await api(exportPath(agentId, ''));
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  expect(refused.headers.get('retry-after')).toBe('10');
  for (const one of readings) one.destroy();
  await nobodyReads();
  expect((await api(exportPath(agentId, 'limit=1'))).status).toBe(200);
});

test('a client that stalls is cut off, and what it has is no complete file', async () => {
  const agentId = await anAgentWithMuch();
  const reading = await open(exportPath(agentId, 'include=messages'));
  await eventually(transactions, (n) => n === 1);
  await nobodyReads();
  await expect(text(reading)).rejects.toThrow();
});

test('a fault half-way cuts the connection instead of ending the file', async () => {
  const agentId = await anAgentWithMuch();
  for (const format of ['json', 'ndjson', 'csv']) {
    const reading = await open(exportPath(agentId, `include=messages&format=${format}`));
    await eventually(transactions, (n) => n === 1);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'baton-conversation-export' and datname = current_database()`,
    );
    await expect(text(reading), format).rejects.toThrow();
  }
});

test('search finds messages over the API, with conversation and contact', async () => {
  const agentId = await newAgent();
  const [id] = await fill(agentId, [{ texts: ['I want 100% of the ÄPFEL'], name: 'Eve' }]);
  const found = await api(`/v1/conversations/search?query=${encodeURIComponent('100% of the äpfel')}&agent_id=${agentId}&channel=sms`);
  expect(found.body).toMatchObject({
    hits: [
      {
        message: { text: 'I want 100% of the ÄPFEL', conversation_id: id },
        conversation: { conversation_id: id, contact: { name: 'Eve' } },
      },
    ],
    total: 1,
    total_is_exact: true,
    searched_since: null,
  });
  expect((await api('/v1/conversations/search?query=x&limit=51')).status).toBe(400);
  expect((await api('/v1/conversations/search')).status).toBe(400);
  expect((await api('/v1/conversations/search?query=x&agent_id=nobody')).body.total).toBe(0);
});
