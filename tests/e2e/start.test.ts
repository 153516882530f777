import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type Json, must } from '../support/api.ts';
import { newPlace, npmStart, type Place, type Started } from '../support/npm-start.ts';
import { isAlive } from '../support/processes.ts';

// One installation's life, told in order.

const run = promisify(execFile);

let place: Place;
let started: Started;
let demo: Json;

beforeAll(async () => {
  place = await newPlace();
  started = npmStart(place);
  console.info(`the first start took ${Math.round(await started.ready())} ms`);
  demo = JSON.parse(readFileSync(path.join(place.dataDir, 'demo.json'), 'utf8'));
});

afterAll(async () => {
  await started?.[Symbol.asyncDispose]();
  place?.[Symbol.dispose]();
});

test('demo.json names everything that a script needs, readable by its owner alone', () => {
  expect(demo).toMatchObject({
    gateway_url: `http://127.0.0.1:${place.env['BATON_GATEWAY_PORT']}`,
    ingest_url: `http://127.0.0.1:${place.env['BATON_INGEST_PORT']}`,
    api_key: expect.stringMatching(/^pk_(live|test)_[0-9A-Za-z]{32}$/),
    partner_key: expect.stringMatching(/^pk_(live|test)_[0-9A-Za-z]{32}$/),
    workspace_id: expect.stringMatching(/^acc_/),
    user_id: expect.stringMatching(/^usr_/),
    console_url: expect.stringMatching(/\/sign-in#token=ott_[0-9A-Za-z]{32}$/),
    agent_id: expect.stringMatching(/^agt_/),
  });
  expect(demo.channel_accounts.map(({ provider, channel }: Json) => `${provider} ${channel}`)).toEqual([
    'simulator sms',
    'simulator whatsapp',
  ]);
  for (const account of demo.channel_accounts) {
    expect(account).toMatchObject({ channel_account_id: expect.stringMatching(/^chn_/), address: expect.stringMatching(/^\+\d+$/) });
    expect(account.webhook_url).toBe(`${demo.ingest_url}/providers/simulator/${account.channel_account_id}`);
  }
  expect(statSync(path.join(place.dataDir, 'demo.json')).mode & 0o077).toBe(0);
});

test('npx baton finds the installation by itself', async () => {
  const file = path.join(place.dataDir, 'place.json');
  expect(statSync(file).mode & 0o077).toBe(0);
  const baton = path.resolve(import.meta.dirname, '../../node_modules/.bin/baton');
  const { stdout } = await run(baton, ['status', '--data-dir', place.dataDir, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ services: [{ problem: null }, { problem: null }], concerns: [] });
});

test('the three printed commands work as they are printed', async () => {
  const curls = started
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('curl '));
  expect(curls).toHaveLength(3);
  expect(started.stdout()).toContain(demo.api_key);
  const [write = '', see = '', take = ''] = curls;
  const shell = async (line: string): Promise<Json> => JSON.parse((await run('bash', ['-c', line])).stdout);

  expect(await shell(write)).toEqual({ accepted: 1 });
  const answered = await eventually(
    () => shell(see),
    ({ messages }) => messages[0].text === 'Echo: Do you deliver?',
  );
  expect(answered).toMatchObject({
    ai_mode: 'ai',
    messages: [{ author: 'ai' }, { author: 'contact', text: 'Do you deliver?' }, {}, {}, {}, {}],
  });

  expect(await shell(take)).toMatchObject({ changed: true, from_mode: 'ai', to_mode: 'human' });
  // The id in the command is the second of its day: within the same second it would be, rightly, a repeat.
  await eventually(
    async () => (await shell(write)) && (await shell(see)),
    ({ message_count }) => message_count === answered.message_count + 1,
    {
      everyMs: 300,
    },
  );
  const { dispatches } = await must('GET', `${demo.gateway_url}/v1/conversations/${answered.conversation_id}/dispatches`, {
    key: demo.api_key,
  });
  expect(dispatches[0]).toMatchObject({ outcome: 'suppressed', reason: 'mode_human' });
  expect(await shell(take)).toMatchObject({ changed: false });
});

test('the documents are served: a description of the interface, and a page to read it', async () => {
  const document = await must('GET', `${demo.gateway_url}/openapi.json`);
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), paths: { '/v1/conversations': { get: {}, post: {} } } });
  const page = await fetch(`${demo.gateway_url}/docs`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
});

test('a second start in the same folder is refused in one sentence', async () => {
  const second = npmStart(place);
  expect(await second.exit()).toBe(1);
  expect(second.stderr()).toMatch(/baton: Baton already runs in .* \(process \d+\); stop it with Ctrl-C there/);
});

test('a taken port is named with its variable, in one sentence', async () => {
  using elsewhere = await newPlace();
  const stranger = createServer().listen(Number(elsewhere.env['BATON_INGEST_PORT']), '127.0.0.1');
  try {
    const second = npmStart(elsewhere);
    expect(await second.exit()).toBe(1);
    const said = second
      .stderr()
      .split('\n')
      .filter((line) => line.includes('taken'));
    expect(said).toEqual([
      `baton: Port ${elsewhere.env['BATON_INGEST_PORT']} is taken by another program; free it, or choose another with BATON_INGEST_PORT.`,
    ]);
  } finally {
    stranger.close();
  }
});

test('Ctrl-C stops everything, and the next start has it all back', async () => {
  const before = await conversations();
  const pids = recorded();
  expect(pids).toHaveLength(7);
  expect(await started.interrupt()).toBe(0);
  expect(started.stderr()).toContain('stopped; the data is kept');
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(path.join(place.dataDir, 'place.json'))).toBe(false);

  started = npmStart(place);
  console.info(`the second start took ${Math.round(await started.ready())} ms`);
  const again = JSON.parse(readFileSync(path.join(place.dataDir, 'demo.json'), 'utf8'));
  expect(again).toEqual({ ...demo, console_url: expect.any(String) });
  // A link of its own for each start, printed as well; it signs in once.
  expect(again.console_url).not.toBe(demo.console_url);
  expect(started.stdout()).toContain(again.console_url);
  const signIn = () => call('POST', `${demo.gateway_url}/v1/sessions`, { body: { one_time_token: again.console_url.split('#token=')[1] } });
  expect([(await signIn()).status, (await signIn()).status]).toEqual([201, 401]);
  expect(await conversations()).toEqual(before);
  const [account] = demo.channel_accounts;
  const message = { type: 'message', id: crypto.randomUUID(), channel: 'sms', from: '+12025550199', text: 'After the restart' };
  await must('POST', account.webhook_url, { body: message });
  const outbox = `${account.webhook_url}/outbox?to=${encodeURIComponent('+12025550199')}`;
  await eventually(
    async () => (await must('GET', outbox)).messages.map(({ text }: Json) => text),
    ([text]) => text === 'Echo: After the restart',
  );
});

test('killed outright, nothing of it goes on running', async () => {
  const pids = recorded();
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await eventually(
    () => pids.filter(isAlive),
    (left) => left.length === 0,
    { timeoutMs: 30_000, what: 'the end of all processes' },
  );
});

/** The launcher first, then its children. */
function recorded(): number[] {
  const { launcher, children } = JSON.parse(readFileSync(path.join(place.dataDir, 'launcher.json'), 'utf8'));
  return [launcher.pid, ...children.map(({ pid }: Json) => pid)];
}

async function conversations(): Promise<Json> {
  const { conversations: rows } = await must('GET', `${demo.gateway_url}/v1/conversations`, { key: demo.api_key });
  expect(rows.length).toBeGreaterThanOrEqual(3);
  return rows.map(({ conversation_id, message_count, last_message_at }: Json) => ({ conversation_id, message_count, last_message_at }));
}
