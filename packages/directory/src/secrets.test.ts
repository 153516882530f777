import type { DirectoryAgent, DirectoryChannelAccount } from '@baton/contracts/directory.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import { expect, test, vi } from 'vitest';
import { openSecrets } from './secrets.ts';

const box = new SecretBox([`k1:${Buffer.alloc(32, 1).toString('base64')}`]);

function accountWith(sealed: string | null, more: Partial<DirectoryChannelAccount> = {}): DirectoryChannelAccount {
  return {
    channel_account_id: 'chn_a',
    workspace_id: 'acc_a',
    provider: 'twilio',
    channel: 'sms',
    address: '+15550100',
    agent_id: 'agt_a',
    enabled: true,
    credentials: sealed === null ? null : box.seal(sealed, 'channel_account:chn_a'),
    ...more,
  };
}

function agentWith(secret: string | null): DirectoryAgent {
  return {
    agent_id: 'agt_a',
    workspace_id: 'acc_a',
    display_name: 'Ada',
    language: 'en',
    enabled: true,
    backend: {
      kind: 'webhook',
      url: 'https://ai.example.com',
      timeout_ms: 1000,
      secret: secret === null ? null : box.seal(secret, 'agent:agt_a'),
    },
    fallback_text: null,
  };
}

test('credentials are opened once per entry, and anew when the entry is another', () => {
  const opening = vi.spyOn(box, 'open');
  const secrets = openSecrets(box);
  const entry = accountWith('{"auth_token":"one"}');
  expect(secrets.account(entry)).toMatchObject({ channelAccountId: 'chn_a', address: '+15550100', credentials: { auth_token: 'one' } });
  expect(secrets.account(entry)).toBe(secrets.account(entry));
  expect(opening).toHaveBeenCalledTimes(1);
  expect(secrets.account(accountWith('{"auth_token":"two"}')).credentials).toEqual({ auth_token: 'two' });
  opening.mockRestore();
});

test('an account or a backend without a secret has none, and that is no failure', () => {
  const secrets = openSecrets(box);
  expect(secrets.account(accountWith(null)).credentials).toEqual({});
  expect(secrets.backendSecret(agentWith(null))).toBeUndefined();
  expect(secrets.backendSecret(agentWith('whsec_x'))).toBe('whsec_x');
});

test('a secret that was moved to another entry does not open', () => {
  const secrets = openSecrets(box);
  expect(() => secrets.account({ ...accountWith('{}'), channel_account_id: 'chn_b' })).toThrow();
  expect(() => secrets.backendSecret({ ...agentWith('whsec_x'), agent_id: 'agt_b' })).toThrow();
});

test('what cannot be opened is tried and told of once per entry, and refused every time', () => {
  const told: string[] = [];
  const secrets = openSecrets(box, (id) => told.push(id));
  const entry = accountWith('{}', { credentials: { key_id: 'k9', iv: '', tag: '', data: '' } });
  for (let i = 0; i < 3; i++) expect(() => secrets.account(entry)).toThrow(/No secret key with id k9/);
  expect(told).toEqual(['chn_a']);
});

test.each(['whsec_topsecret', '"topsecret"', 'null', ''])(
  'credentials that are no JSON object are refused without a word of them: %j',
  (text) => {
    const errors: unknown[] = [];
    const secrets = openSecrets(box, (_, error) => errors.push(error));
    expect(() => secrets.account(accountWith(text))).toThrow('the credentials are no JSON object');
    expect(String((errors[0] as Error).stack)).not.toContain('topsecret');
  },
);
