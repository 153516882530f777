import { type Statement, type Step, statement } from '@baton/db/pipeline.ts';
import { arrayLiteral } from '@baton/db/round-trip.ts';
import type { Changes, Update } from '../domain/changes.ts';
import { columns, type Table } from './columns.ts';

const allOf = (table: Table) => Object.keys(columns[table]);

/** One part of the statement: a data-modifying query over the rows of the JSON parameter `$n`. */
interface Part {
  /** Distinguishes prepared statements; the same key is the same text. */
  key: string;
  /** `$rows` is where the rows are read from, with the names and types of `row`. */
  sql: string;
  /** The columns of a row, with their types. */
  row: [name: string, type: string][];
  rows: unknown[][];
  /** Every row must have stood as it was read. */
  exact: boolean;
}

/**
 * Rows travel as arrays without names: `json_to_recordset` makes a hash table of each object, and took 17 µs for a message's row where this takes 7.
 * A JSON null is SQL's.
 */
function readRow(row: Part['row']): string {
  return row
    .map(([name, type], at) => {
      if (type === 'jsonb') return `nullif(e->${at}, 'null') as ${name}`;
      return `(e->>${at})${type === 'text' ? '' : `::${type}`} as ${name}`;
    })
    .join(', ');
}

const typed = (table: Table, names: readonly string[]): Part['row'] => names.map((name) => [name, columns[table][name]!]);

/** An array of SQL's is written as its literal, everything else as JSON has it. */
const cells = (row: Part['row'], from: object) =>
  row.map(([name, type]) => {
    const value = (from as Record<string, unknown>)[name];
    return type === 'text[]' && value !== null ? arrayLiteral(value as string[]) : value;
  });

function part(o: Omit<Part, 'rows'> & { rows: object[] }): Part {
  return { ...o, rows: o.rows.map((row) => cells(o.row, row)) };
}

function insert(table: Table, rows: object[], conflict = ''): Part[] {
  if (rows.length === 0) return [];
  const names = allOf(table).join(', ');
  const sql = `insert into conversation.${table} (${names}) select ${names} from $rows ${conflict} returning 1`;
  return [part({ key: `+${table}`, sql, row: typed(table, allOf(table)), rows, exact: false })];
}

/** Events go into the log and, as positions only, into the outbox. */
function insertEvents(rows: object[]): Part[] {
  const [log] = insert('event', rows);
  if (!log) return [];
  const logged = log.sql.replace('returning 1', 'returning workspace_id, partition, position');
  return [
    { ...log, key: '+event', sql: logged },
    {
      key: '+outbox',
      sql: 'insert into conversation.outbox (workspace_id, partition, position) select * from w$before returning 1',
      row: [],
      rows: [],
      exact: false,
    },
  ];
}

/**
 * Changes only what differs. The array makes the key an index condition: a plain join may be planned the other way round, with the whole table outside,
 * while a table is small, and a prepared plan stays.
 */
function update<Row extends object>(
  table: Table,
  key: keyof Row & string,
  o: { updates: Update<Row>[]; fence: (keyof Row & string)[] },
): Part[] {
  if (o.updates.length === 0) return [];
  const changed = [...new Set(o.updates.flatMap((one) => one.changed))].sort();
  const named = typed(table, [key, ...changed]);
  const seen = o.fence.map((name): Part['row'][number] => [`seen_${name}`, columns[table][name]!]);
  const rows = o.updates.map((one) => [...cells(named, one.row), ...o.fence.map((name) => one.seen[name])]);
  const sql = `update conversation.${table} t set ${changed.map((name) => `${name} = u.${name}`).join(', ')} from $rows u
    where t.${key} = any(array(select ${key} from $rows))
      and ${[`t.${key} = u.${key}`, ...o.fence.map((name) => `t.${name} = u.seen_${name}`)].join(' and ')} returning 1`;
  return [{ key: `~${table}:${changed.join()}`, sql, row: [...named, ...seen], rows, exact: true }];
}

function remove(table: Table, keys: string[], rows: object[]): Part[] {
  if (rows.length === 0) return [];
  const sql = `delete from conversation.${table} t using $rows u
    where t.${keys[0]} = any(array(select ${keys[0]} from $rows)) and ${keys.map((name) => `t.${name} = u.${name}`).join(' and ')} returning 1`;
  return [part({ key: `-${table}`, sql, row: typed(table, keys), rows, exact: false })];
}

/** A new conversation is with a contact that stands and will stand until it is committed: merge and erasure wait for this lock, or it for them. */
function stillMet(rows: Changes['contactsMet']): Part[] {
  if (rows.length === 0) return [];
  const sql = `select 1 from conversation.contact t
    where t.contact_id = any(array(select contact_id from $rows)) and t.merged_into is null and t.erased_at is null for key share`;
  return [part({ key: '?contact', sql, row: typed('contact', ['contact_id']), rows, exact: true })];
}

/** Sets columns without a fence; the first name is the key. */
function replace(table: Table, names: [key: string, ...others: string[]], rows: object[]): Part[] {
  if (rows.length === 0) return [];
  const [key, ...others] = names;
  const sql = `update conversation.${table} t set ${others.map((name) => `${name} = u.${name}`).join(', ')} from $rows u
    where t.${key} = any(array(select ${key} from $rows)) and t.${key} = u.${key} returning 1`;
  return [part({ key: `=${table}`, sql, row: typed(table, names), rows, exact: false })];
}

function partsOf(c: Changes): Part[] {
  return [
    ...insert('contact', c.contacts),
    ...update('contact', 'contact_id', { updates: c.contactUpdates, fence: ['version'] }),
    ...stillMet(c.contactsMet),
    ...insert('contact_address', c.contactAddresses),
    ...remove('contact_address', ['workspace_id', 'kind', 'address'], c.contactAddressesGone),
    ...insert('contact_history', c.contactHistory),
    ...insert('conversation', c.conversations),
    ...update('conversation', 'conversation_id', { updates: c.conversationUpdates, fence: ['mode_epoch', 'event_sequence'] }),
    ...insert('activity', c.activities),
    ...replace('activity', ['conversation_id', 'active_at'], c.activityUpdates),
    ...insert('message', c.messages),
    ...update('message', 'message_id', { updates: c.messageUpdates, fence: ['status', 'claim'] }),
    ...insert('dispatch', c.dispatches),
    ...update('dispatch', 'dispatch_id', { updates: c.dispatchUpdates, fence: ['outcome', 'attempts'] }),
    ...insert('mode_history', c.modeHistory),
    ...insert('opt_out', c.optOuts, 'on conflict (address, agent_id) do nothing'),
    ...remove('opt_out', ['address', 'agent_id'], c.optIns),
    ...insert('opt_out_history', c.optOutHistory),
    ...remove('erased_opt_out', ['agent_id', 'address_hash'], c.erasedOptOutsGone),
    ...insert('timer', c.timers, 'on conflict (subject_id, kind) do update set due_at = excluded.due_at'),
    ...remove('timer', ['subject_id', 'kind'], c.timersDone),
    ...insert('early_receipt', c.earlyReceipts, 'on conflict do nothing'),
    ...remove('early_receipt', ['provider_message_id', 'channel_account_id', 'status'], c.earlyReceiptsDone),
    ...insert('early_echo', c.earlyEchoes, 'on conflict do nothing'),
    ...remove('early_echo', ['provider_message_id', 'channel_account_id'], c.earlyEchoesDone),
    ...insertEvents(c.events),
  ];
}

/** Of the events among the changes, in their order: where they stand in the log. null when there are none. */
export interface Written {
  positions: number[] | null;
}

const statements = new Map<string, Statement<Written>>();

/**
 * The one statement that writes a set of changes; parts that are empty are not in it, so a few dozen shapes are prepared per connection.
 * When a fenced row has moved it fails with 40001 and nothing of it stands. undefined: nothing to write.
 */
export function writeChanges(changes: Changes): Step<Written> | undefined {
  const parts = partsOf(changes);
  if (parts.length === 0) return undefined;
  const key = parts.map((part) => part.key).join(' ');
  let prepared = statements.get(key);
  if (!prepared) {
    prepared = statement(`write_${statements.size}`, compose(parts));
    statements.set(key, prepared);
  }
  return { statement: prepared, values: parts.filter((part) => part.rows.length > 0).map((part) => JSON.stringify(part.rows)) };
}

function compose(parts: Part[]): string {
  let parameter = 0;
  const checks: string[] = [];
  const ctes = parts.flatMap((part, index) => {
    const change = `w${index} as (${part.sql.replaceAll('$rows', `r${index}`).replaceAll('$before', String(index - 1))})`;
    if (part.rows.length === 0) return [change];
    parameter++;
    if (part.exact)
      checks.push(
        `conversation.require_rows('${part.key.slice(1).split(':')[0]}', (select count(*) from w${index}), jsonb_array_length($${parameter}))`,
      );
    return [`r${index} as materialized (select ${readRow(part.row)} from jsonb_array_elements($${parameter}::jsonb) e)`, change];
  });
  const log = parts.findIndex((part) => part.key === '+event');
  const positions = log < 0 ? 'null' : `(select json_agg(position) from w${log})`;
  return `with ${ctes.join(',\n')}\nselect ${[`${positions} as positions`, ...checks].join(', ')}`;
}
