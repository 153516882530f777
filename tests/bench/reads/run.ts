import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { placesOf } from '@baton/launcher/postgres/place.ts';
import { type Stack, startStack } from '@baton/launcher/stack.ts';
import pg from 'pg';
import type { RunContext } from '../run.ts';
import { type Owner, seedMessages } from '../seed/load.ts';
import { type ExportFigure, measureExport } from './export.ts';
import { makeOwner, makePlace, type Place } from './place.ts';
import { measureSearch, type SearchFigure, searches } from './search.ts';

export interface ReadsResult {
  messages: number;
  conversations: number;
  loadSeconds: number;
  /** MiB of the table of messages, and of the index in which is searched. */
  size: { table: number; index: number };
  searches: SearchFigure[];
  exports: ExportFigure[];
  complaints: string[];
}

const timesEach = 20;

/** Search in a workspace with so many messages, and the export of all of them, with the memory that takes. Needs no floor: a bound is a bound. */
export async function measureReads({ options, signal, say }: RunContext, root: string): Promise<ReadsResult> {
  const { messages } = options;
  const dir = path.join(options.out, 'data', `reads-${process.pid}`);
  mkdirSync(path.join(dir, 'logs'), { recursive: true });
  let done = false;
  try {
    await using stack = await start(dir, root, say);
    const { conversations, loadSeconds, size, ...loaded } = await load(stack, { messages, signal, say });
    const found: SearchFigure[] = [];
    for (const one of searches(loaded)) {
      signal.throwIfAborted();
      found.push(await measureSearch(stack, one, timesEach));
      const { what, total, firstMs, p50, max } = found.at(-1)!;
      say(`search, ${what}: ${total} found, first ${firstMs.toFixed(0)} ms, then p50 ${p50.toFixed(0)} ms, max ${max.toFixed(0)} ms`);
    }
    const exported = await exportAll(stack, loaded, { signal, say });
    const wrong = exported.whole.filter((one) => one.messages !== messages);
    done = true;
    return {
      messages,
      conversations,
      loadSeconds,
      size,
      searches: found,
      exports: [...exported.whole, exported.slow],
      complaints: wrong.map((one) => `${one.what}: ${one.messages} messages instead of ${messages}`),
    };
  } finally {
    for (const place of placesOf(path.join(dir, 'postgres'))) rmSync(place, { recursive: true, force: true });
    rmSync(path.join(dir, 'nats'), { recursive: true, force: true });
    if (done) rmSync(dir, { recursive: true, force: true });
  }
}

function start(dir: string, root: string, say: (line: string) => void): Promise<Stack> {
  return startStack({
    root,
    dataDir: dir,
    supervise: false,
    say,
    env: { BATON_RATE_LIMIT_PER_SECOND: '1000000', BATON_RATE_LIMIT_BURST: '1000000' },
  });
}

type Loaded = { large: Place; small: Place; all: Owner; fewMessages: string } & Pick<ReadsResult, 'conversations' | 'loadSeconds' | 'size'>;

/** The agent with all the messages, one of the same workspace with a hundredth of that, and a neighbour with a thousandth, in the same tables. */
async function load(stack: Stack, o: { messages: number; signal: AbortSignal; say: (line: string) => void }): Promise<Loaded> {
  const databaseUrl = stack.superUrl.replace(/\/postgres$/, '/baton');
  const large = await makePlace(stack, 'Large');
  const small = await makePlace(stack, 'Small');
  const all = await makeOwner(stack, large, '+14151001000');
  const few = await makeOwner(stack, large, '+14151001001');
  const from = performance.now();
  const conversations = await seedMessages(databaseUrl, all, o);
  const loadSeconds = (performance.now() - from) / 1000;
  await seedMessages(databaseUrl, few, { ...o, messages: Math.ceil(o.messages / 100) });
  await seedMessages(databaseUrl, await makeOwner(stack, small, '+14151001002'), { ...o, messages: Math.ceil(o.messages / 1000) });
  o.say(`loaded in ${loadSeconds.toFixed(0)} s; vacuum, as the server does by itself a while later`);
  return { large, small, all, fewMessages: few.agentId, conversations, loadSeconds, size: await settle(databaseUrl) };
}

async function settle(databaseUrl: string): Promise<ReadsResult['size']> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('vacuum analyze conversation.message, conversation.conversation, conversation.contact, conversation.activity');
    const { rows } = await client.query<{ table: number; index: number }>(
      `select pg_table_size('conversation.message')::float8 / 2 ^ 20 as table, pg_relation_size('conversation.message_by_words')::float8 / 2 ^ 20 as index`,
    );
    return rows[0]!;
  } finally {
    await client.end();
  }
}

async function exportAll(
  stack: Stack,
  { large, all }: Pick<Loaded, 'large' | 'all'>,
  { signal, say }: Pick<RunContext, 'signal' | 'say'>,
): Promise<{ whole: ExportFigure[]; slow: ExportFigure }> {
  const of = (query: string) => `/v1/agents/${all.agentId}/conversations/export?include=messages&${query}`;
  const measure = async (what: string, query: string, pace: { bytesPerSecond?: number; leaveAfter?: number } = {}) => {
    const figure = await measureExport(stack, large, { what, path: of(query), signal, ...pace });
    const { messages, seconds, mib, gateway } = figure;
    const memory = `gateway ${gateway.before.toFixed(0)} → ${gateway.peak.toFixed(0)} MiB`;
    say(`export, ${what}: ${messages} messages, ${mib.toFixed(0)} MiB in ${seconds.toFixed(1)} s, ${memory}`);
    return figure;
  };
  // So that code is compiled and the heap has its size: growth is then what grows with the export.
  for (const format of ['json', 'csv', 'ndjson']) await measure(`${format}, a few for warm-up`, `format=${format}&limit=500`);
  const whole: ExportFigure[] = [];
  for (const format of ['ndjson', 'csv', 'json']) whole.push(await measure(format, `format=${format}&limit=all`));
  const slow = await measure('ndjson, read at 1 MiB/s and left after 20 s', 'format=ndjson&limit=all', {
    bytesPerSecond: 2 ** 20,
    leaveAfter: 20,
  });
  return { whole, slow };
}
