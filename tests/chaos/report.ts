import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Played } from './play.ts';

/** A run, and what it was about. */
export interface Row extends Played {
  name: string;
}

const columns: [string, (row: Row) => string][] = [
  ['run', (row) => row.name],
  ['seed', (row) => String(row.seed)],
  ['s', (row) => String(row.seconds)],
  ['strikes', (row) => String(Object.values(row.strikes).reduce((sum, count) => sum + count, 0))],
  ['restarts', (row) => String(row.restarts)],
  ['in', (row) => String(row.accepted)],
  ['turns', (row) => String(row.turns)],
  ['sends', (row) => String(row.sends)],
  ['unknown', (row) => String(row.unknown)],
  ['takeovers', (row) => String(row.takeovers)],
  ['named', (row) => String(row.named.length)],
  ['healed s', (row) => (row.healedMs / 1000).toFixed(1)],
  ['swept', (row) => String(row.swept)],
  ['lost', (row) => String(row.lost.length)],
  ['broken', (row) => String(row.wrong.length)],
];

/** The final table, with the histogram of what came after a takeover and had been named. */
export function table(rows: readonly Row[]): string {
  const lines = [columns.map(([head]) => head), columns.map(() => '---'), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]!.length)));
  const drawn = lines.map((line) => `| ${line.map((cell, index) => cell.padEnd(widths[index]!)).join(' | ')} |`);
  const lost = rows.flatMap((row) => row.lost);
  return [
    ...drawn,
    '',
    histogram(rows.flatMap(({ named }) => named)),
    strikes(rows),
    ...(lost.length > 0 ? [`Lost with NATS' store, accepted at most ${Math.max(...lost)} ms before: ${lost.length}.`] : []),
  ].join('\n');
}

/** How often each fault struck in all runs. */
function strikes(rows: readonly Row[]): string {
  const sums = new Map<string, number>();
  for (const row of rows) for (const [name, count] of Object.entries(row.strikes)) sums.set(name, (sums.get(name) ?? 0) + count);
  const parts = [...sums].toSorted().map(([name, count]) => `${name} ${count}`);
  return `Strikes: ${parts.join(', ')}.`;
}

const edges = [10, 30, 100, 300, 1_000, 3_000, 10_000, Infinity];

/** ms from an acknowledged takeover to the last byte of the call for a message that it named. */
export function histogram(values: readonly number[]): string {
  if (values.length === 0) return 'No message that a takeover had named went out after it.';
  const counts = edges.map((edge, index) => values.filter((ms) => ms < edge && ms >= (edges[index - 1] ?? 0)).length);
  const cells = edges.map((edge, index) => `${edge === Infinity ? 'more' : `< ${edge} ms`}: ${counts[index]}`);
  return `Sends that a takeover had named, by the time from its acknowledgement to the last byte of the call: ${cells.join(', ')}.`;
}

export function writeReports(folder: string, rows: readonly Row[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'chaos.json'), `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(path.join(folder, 'junit.xml'), junit(rows));
}

/** JUnit's XML has no standard beyond what its readers agree on: suites, cases, failures with a text. */
function junit(rows: readonly Row[]): string {
  const cases = rows.map((row) => {
    const head = `<testcase classname="chaos" name="${escaped(`${row.name}, seed ${row.seed}`)}" time="${row.seconds}"`;
    if (row.wrong.length === 0) return `    ${head}/>`;
    return `    ${head}><failure message="${escaped(row.wrong[0] ?? '')}">${escaped(row.wrong.join('\n'))}</failure></testcase>`;
  });
  const failures = rows.filter(({ wrong }) => wrong.length > 0).length;
  const suite = `  <testsuite name="chaos" tests="${rows.length}" failures="${failures}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', suite, ...cases, '  </testsuite>', '</testsuites>', ''].join('\n');
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (letter) => entities[letter] ?? letter);
}
