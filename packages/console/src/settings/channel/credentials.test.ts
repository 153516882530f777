import { providerFacts } from '@baton/channels/capabilities.ts';
import { expect, test } from 'vitest';
import { credentialsOf } from './credentials.ts';

const entered = (fields: Record<string, string>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(`credentials.${name}`, value);
  return data;
};

test('credentials are what the provider’s rules say: texts, lists, numbers, objects; what is empty is left out', () => {
  const email = entered({ 'inbound.kind': 'postmark', 'inbound.signing_key': 'key', 'smtp.host': '', 'smtp.port': '' });
  expect(credentialsOf(email, providerFacts.email.email!.credentials)).toEqual({ inbound: { kind: 'postmark', signing_key: 'key' } });
  const smtp = entered({ 'smtp.host': 'mail.example.com', 'smtp.port': '587' });
  expect(credentialsOf(smtp, providerFacts.email.email!.credentials)).toEqual({ smtp: { host: 'mail.example.com', port: 587 } });
  const web = entered({ allowed_origins: 'https://a.example\nhttps://b.example ' });
  expect(credentialsOf(web, providerFacts.web.web!.credentials)).toEqual({ allowed_origins: ['https://a.example', 'https://b.example'] });
  expect(credentialsOf(entered({}), providerFacts.simulator.sms!.credentials)).toEqual({});
});
