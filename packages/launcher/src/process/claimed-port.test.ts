import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { claimPort } from './claimed-port.ts';

/** What another process is answered when it claims the port. */
function elsewhere(port: number, andThen = ''): string {
  const module = JSON.stringify(new URL('claimed-port.ts', import.meta.url).href);
  const code = `import { claimPort } from ${module}; process.stdout.write(String(claimPort(${port}))); ${andThen}`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' }).stdout;
}

// Beyond what can be a port: nobody else asks for it.
const port = 100_000 + process.pid;

test('a port is one process’s until that ends', () => {
  expect(elsewhere(port)).toBe('true');
  expect(claimPort(port)).toBe(true);
  expect([claimPort(port), elsewhere(port)]).toEqual([false, 'false']);
});

test('what a killed process left behind is found out, and the next one to ask gets the port', () => {
  expect(elsewhere(port + 1, "process.kill(process.pid, 'SIGKILL')")).toBe('true');
  expect([claimPort(port + 1), claimPort(port + 1), claimPort(port + 1)]).toEqual([false, true, false]);
});
