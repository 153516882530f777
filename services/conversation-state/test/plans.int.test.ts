import { migrate } from '@baton/db/migrate.ts';
import type { Statement } from '@baton/db/pipeline.ts';
import { startInfra } from '@baton/testkit/infra.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noChanges } from '../src/domain/changes.ts';
import { lockInbound } from '../src/inbound/lock-inbound.ts';
import { migrations } from '../src/service.ts';
import { loadNote } from '../src/store/inbox/notes.ts';
import * as loads from '../src/store/load.ts';
import { loadSuggestion } from '../src/store/suggestions.ts';
import { writeChanges } from '../src/store/write.ts';

let infra: Awaited<ReturnType<typeof startInfra>>;
let client: pg.Client;
beforeAll(async () => {
  infra = await startInfra();
  await migrate({ ownerUrl: infra.postgres.urls.baton_owner, schema: 'conversation', migrations });
  const options = '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan';
  client = new pg.Client({ connectionString: infra.postgres.urls.baton_conversation, options });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await infra[Symbol.asyncDispose]();
});

const isStatement = (one: unknown): one is Statement<unknown> => typeof one === 'object' && one !== null && 'text' in one && 'name' in one;
const lookups: { name: string; text: string }[] = [
  lockInbound,
  loadNote,
  loadSuggestion,
  ...Object.values<unknown>(loads).filter(isStatement),
  writeOfAll(),
];

interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: Plan[];
}

/** Reads of a whole table or of a whole index. */
function wholesale(plan: Plan): string[] {
  const own = /Index.* Scan/.test(plan['Node Type']) && plan['Index Cond'] === undefined ? [`all of ${plan['Index Name']}`] : [];
  const table = plan['Node Type'] === 'Seq Scan' ? ['all of a table'] : [];
  return [...own, ...table, ...(plan.Plans ?? []).flatMap(wholesale)];
}

/** One row of everything: which, the statement does not depend on. */
function writeOfAll(): Statement<unknown> {
  const changed = { contactUpdates: 'name', conversationUpdates: 'status', messageUpdates: 'status', dispatchUpdates: 'outcome' };
  const update = (name: string) => ({ row: {}, seen: {}, changed: [changed[name as keyof typeof changed]] });
  const all = Object.keys(noChanges()).map((name) => [name, [name in changed ? update(name) : {}]]);
  return writeChanges(Object.fromEntries(all))!.statement;
}

// A connection plans each statement once, and an installation's first connections find the tables empty: what they choose then, they keep.
test.for(lookups)('$name is looked up by key also while the tables are empty', async ({ name, text }) => {
  await client.query(`prepare ${name} as ${text}`);
  const parameters = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n)));
  const values = parameters === 0 ? '' : `(${Array.from({ length: parameters }, () => 'null').join()})`;
  const { rows } = await client.query(`explain (format json) execute ${name}${values}`);
  expect(wholesale(rows[0]['QUERY PLAN'][0].Plan)).toEqual([]);
});
