import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, test } from 'vitest';
import { guardLine } from '../src/process/guard.ts';
import { identify } from '../src/process/identity.ts';
import { waitUntil } from '../src/process/port.ts';

const child = path.resolve(import.meta.dirname, '../src/process/child.ts');

test('the processes of a launcher killed with SIGKILL end too', async () => {
  const program = `
    const { startChild } = await import(${JSON.stringify(child)});
    const one = await startChild({ name: 'one', tier: 'nats', command: 'sleep', args: ['60'], env: { PATH: process.env.PATH }, cwd: '/', logFile: '/dev/null' });
    console.log(one.pid);
    setInterval(() => undefined, 1000);
  `;
  const launcher = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(identify(pid)).toBeDefined();
  launcher.kill('SIGKILL');
  expect(await waitUntil(async () => identify(pid) === undefined, 10_000)).toBe(true);
});

test('the guard is told tier by tier what to end', async () => {
  const processes = new Map([
    [30, 'postgres'],
    [10, 'service'],
    [20, 'nats'],
    [11, 'service'],
  ] as const);
  expect(guardLine(processes)).toBe('TERM:10:11 TERM:20 INT:30');
  expect(guardLine(new Map())).toBe('');
});
