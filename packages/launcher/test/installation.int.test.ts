import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isApiKey } from '@baton/contracts/api-key.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordOf, stillRuns } from '../src/process/identity.ts';
import { takeHold, wipe } from '../src/stack/installation.ts';
import { loadSecrets } from '../src/stack/secrets.ts';

let dir: string;
const quiet = (): void => undefined;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'baton-installation-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a second start in the same folder is refused in one sentence while the first runs', async () => {
  const installation = await takeHold(dir, quiet);
  await expect(takeHold(dir, quiet)).rejects.toThrow(
    /^Baton already runs in .* \(process \d+\); stop it with Ctrl-C there, or choose another folder with --data-dir\.$/,
  );
  await expect(wipe(dir, quiet)).rejects.toThrow(/already runs/);
  installation.release();
  (await takeHold(dir, quiet)).release();
});

test('what a killed run left behind is stopped, and a process that only has its number is not', async () => {
  const [left, stranger] = [sleeper(), sleeper()];
  const record = recordOf(left.pid as number);
  const launcher = { pid: 999_999_999, identity: 'gone' };
  const children = [
    { name: 'gateway', ...record },
    { name: 'nats', pid: stranger.pid, identity: 'an earlier process of this number' },
  ];
  writeFileSync(path.join(dir, 'launcher.json'), JSON.stringify({ launcher, children }));
  const said: string[] = [];
  const installation = await takeHold(dir, (line) => said.push(line));
  expect(said.join()).toContain(`gateway (${left.pid})`);
  expect(record && stillRuns(record)).toBe(false);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  installation.release();
  stranger.kill('SIGKILL');
  await once(stranger, 'exit');
});

test('wiping removes what Baton has made and leaves what it has not', async () => {
  loadSecrets(path.join(dir, 'secrets.json'));
  writeFileSync(path.join(dir, 'holiday.jpg'), '');
  await wipe(dir, quiet);
  expect(existsSync(path.join(dir, 'secrets.json'))).toBe(false);
  expect(existsSync(path.join(dir, 'holiday.jpg'))).toBe(true);
});

test('secrets are made once, are readable by their owner alone, and survive', () => {
  const file = path.join(dir, 'secrets.json');
  const made = loadSecrets(file);
  expect(isApiKey(made.partnerKey)).toBe(true);
  expect(Buffer.from(made.secretKeys.replace('k1:', ''), 'base64')).toHaveLength(32);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadSecrets(file)).toEqual(made);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(made);
});

function sleeper() {
  return spawn('sleep', ['60'], { stdio: 'ignore' });
}
