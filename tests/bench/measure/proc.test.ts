import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { parseStat, readCpu, readMemory } from './proc.ts';

test('a command with spaces and parentheses does not shift the fields', () => {
  const fields = ['S', '17', ...Array.from({ length: 9 }, () => '0'), '250', '50', '30', '20'];
  expect(parseStat(`42 (postgres: a) b (c) ${fields.join(' ')}`)).toEqual({ ppid: 17, own: 3, children: 0.5 });
});

test('a tree counts its children, those that have ended as well', async () => {
  // By CPU time, not by the clock: on a loaded machine a busy child gets only part of the time that passes.
  // Nor by asking all the time: that is the kernel's time, and takes many times as long as what it waits for.
  const busy = 'let n = 0; while (process.cpuUsage().user < 300_000) for (let i = 0; i < 1e6; i++) n += i;';
  const script = `for (let i = 0; i < 2; i++) require('node:child_process').spawnSync(process.execPath, ['-e', '${busy}']);
    console.log('done'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const read = (tree: boolean) => readCpu([{ name: 'it', pid: () => child.pid!, tree }]).seconds['it']!;
    expect(read(true)).toBeGreaterThan(read(false) + 0.3);
    expect(readMemory([{ name: 'it', pid: () => child.pid! }])['it']).toBeGreaterThan(10);
  } finally {
    child.kill();
  }
}, 60_000);

test('a process that has gone counts nothing instead of ending the run', () => {
  const gone = [{ name: 'gone', pid: () => 2 ** 22 + 1, tree: true }];
  expect(readCpu(gone).seconds).toEqual({ gone: 0 });
  expect(readMemory(gone)).toEqual({ gone: 0 });
});
