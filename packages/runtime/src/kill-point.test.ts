import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'baton-kill-point-'));
  file = path.join(folder, 'file');
});
afterAll(() => rmSync(folder, { recursive: true }));

const script = `
import { killPoint } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'kill-point.ts')).href)};
for (let n = 1; n <= 3; n++) { killPoint('claim.before_commit'); killPoint('claim.after_commit'); console.log(n); }
`;

async function run(env: Record<string, string>): Promise<{ signal: string | null; said: string }> {
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  const [, signal] = await once(child, 'close');
  return { signal, said: said.trim().replaceAll('\n', ' ') };
}

test('nothing happens unless a file is named, and says so', async () => {
  expect(await run({})).toEqual({ signal: null, said: '1 2 3' });
  expect(await run({ BATON_KILL_POINT_FILE: file })).toEqual({ signal: null, said: '1 2 3' });
  writeFileSync(file, 'turn.before_commit@1 SIGKILL');
  expect(await run({ BATON_KILL_POINT_FILE: file })).toEqual({ signal: null, said: '1 2 3' });
});

test('the process dies at the nth time, and the next one lives', async () => {
  writeFileSync(file, 'claim.after_commit@2 SIGKILL');
  expect(await run({ BATON_KILL_POINT_FILE: file })).toEqual({ signal: 'SIGKILL', said: '1' });
  expect(existsSync(file)).toBe(false);
  expect(await run({ BATON_KILL_POINT_FILE: file })).toEqual({ signal: null, said: '1 2 3' });
});
