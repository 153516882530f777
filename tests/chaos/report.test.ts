import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { histogram, type Row, table, writeReports } from './report.ts';

const row: Row = {
  name: 'kill-nats',
  seed: 7,
  seconds: 60,
  wrong: ['a <b> & "c"'],
  strikes: { 'kill-nats': 9 },
  accepted: 100,
  turns: 90,
  sends: 80,
  unknown: 1,
  takeovers: 20,
  named: [5, 50],
  restarts: 3,
  lost: [],
  healedMs: 1234,
  swept: 0,
};

test('the table has a line per run, and how often each fault struck in all of them', () => {
  expect(
    table([row, row])
      .split('\n')
      .filter((line) => line.startsWith('| kill-nats')),
  ).toHaveLength(2);
  expect(table([row, row])).toContain('Strikes: kill-nats 18.');
});

test('the histogram counts each value once', () => {
  expect(histogram([5, 50, 5_000_000])).toMatch(/< 10 ms: 1, < 30 ms: 0, < 100 ms: 1, .*more: 1/);
  expect(histogram([])).toContain('No message');
});

test('what is wrong stands in both files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-report-'));
  try {
    writeReports(folder, [row]);
    expect(JSON.parse(readFileSync(path.join(folder, 'chaos.json'), 'utf8'))[0].wrong).toEqual(row.wrong);
    expect(readFileSync(path.join(folder, 'junit.xml'), 'utf8')).toContain('a &lt;b&gt; &amp;');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
