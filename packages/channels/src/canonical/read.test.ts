import { BatonError } from '@baton/errors/baton-error.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { account, receivedAt } from '../../test/account.ts';
import { readCanonical } from './read.ts';

const message = { type: 'message', id: 'm1', channel: 'sms', from: '+14155550123', to: '+15550100', text: 'Hello' };

function read(value: unknown) {
  return readCanonical('http', Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), account(), receivedAt);
}

function problemsOf(value: unknown): string[] {
  try {
    read(value);
  } catch (error) {
    if (error instanceof BatonError) return error.problems.map((one) => one.path);
    throw error;
  }
  return [];
}

test('one object or a list of them are read alike', () => {
  const one = read(message);
  expect(one.messages).toMatchObject([
    { provider_message_id: 'm1', from: '+14155550123', to: '+15550100', text: 'Hello', channel: 'sms', author: 'contact' },
  ]);
  expect(read([message]).messages).toEqual(one.messages);
  expect(one.messages[0]!.sent_at).toBe(receivedAt.toISOString());
});

test('everything that the page names is carried over', () => {
  const full = {
    ...message,
    timestamp: '2026-05-15T16:30:00.5+02:00',
    attachments: [{ url: 'https://files.example.com/a.png', content_type: 'image/png', size: 12, name: 'a.png' }],
    contact: { name: 'Ada', email: 'ada@example.com', attributes: { lead_status: 'hot' } },
    author: 'human',
    metadata: { campaign: 'x' },
  };
  expect(read(full).messages[0]).toMatchObject({
    sent_at: '2026-05-15T14:30:00.500Z',
    attachments: full.attachments,
    contact: full.contact,
    author: 'human',
    metadata: full.metadata,
  });
});

test('addresses written for people become E.164, in the country of our own number if they name none', () => {
  const at = account({ address: '+14155550100' });
  const from = (text: string) =>
    readCanonical('http', Buffer.from(JSON.stringify({ ...message, from: text })), at, receivedAt).messages[0]!.from;
  expect(from('+44 (0)20 7946 0958')).toBe('+442079460958');
  expect(from('(415) 555-2671')).toBe('+14155552671');
});

test('a colleague may be named in either place: from is always the customer', () => {
  const turned = { ...message, author: 'human', from: '+15550100', to: '+14155550123' };
  expect(read(turned).messages[0]).toMatchObject({ from: '+14155550123', to: '+15550100' });
});

test('receipts are read with their error', () => {
  const receipt = {
    type: 'receipt',
    provider_message_id: 'p1',
    status: 'failed',
    timestamp: '2026-05-15T14:30:00Z',
    error: { code: 'window_expired', detail: 'late' },
  };
  expect(read([receipt, { ...receipt, error: 'number unknown' }]).receipts).toMatchObject([
    {
      provider_message_id: 'p1',
      status: 'failed',
      occurred_at: '2026-05-15T14:30:00.000Z',
      error_code: 'window_expired',
      error_detail: 'late',
    },
    { error_code: 'provider_error', error_detail: 'number unknown' },
  ]);
});

test('one bad item refuses the whole batch and is named by its path', () => {
  const batch = [message, message, message, { ...message, from: 'nobody there' }, { ...message, id: undefined, text: 5 }];
  expect(problemsOf(batch)).toEqual(['/3/from', '/4/text', '/4/id']);
  expect(problemsOf({ ...message, from: undefined })).toEqual(['/from']);
});

test.each<[string, unknown, string[]]>([
  ['an unknown type', { ...message, type: 'call' }, ['/type']],
  ['an unknown channel', { ...message, channel: 'pigeon' }, ['/channel']],
  ['no text and no attachment', { ...message, text: '' }, ['/text']],
  ['an empty id', { ...message, id: '' }, ['/id']],
  ['an id that trimming would change', { ...message, id: 'm1 ' }, ['/id']],
  ['an id with a line break', { ...message, id: 'm1\r\nNats-Rollup: all' }, ['/id']],
  ['an id with a NUL', { ...message, id: 'm\x001' }, ['/id']],
  ['a time that is none', { ...message, timestamp: 'yesterday' }, ['/timestamp']],
  ['a time out of range', { ...message, timestamp: '2026-02-31T99:00:00Z' }, ['/timestamp']],
  ['an author that may not come in', { ...message, author: 'ai' }, ['/author']],
  ['an attachment that is no URL', { ...message, attachments: [{ url: 'javascript:alert(1)' }] }, ['/attachments/0/url']],
  ['eleven attachments', { ...message, attachments: Array.from({ length: 11 }, () => ({ url: 'https://a.b/c' })) }, ['/attachments']],
  ['a text over 64 KiB of UTF-8', { ...message, text: '€'.repeat(30_000) }, ['/text']],
  ['metadata that is a list', { ...message, metadata: [] }, ['/metadata']],
  ['an item that is no object', [message, 7], ['/1']],
])('%s is refused', (_, value, paths) => {
  expect(problemsOf(value)).toEqual(paths);
});

test('keys that would change an object instead of filling it are refused, hidden or not', () => {
  const raw = (metadata: string) => `{"type":"message","id":"m1","from":"+14155550123","text":"x","metadata":${metadata}}`;
  expect(problemsOf(raw('{"__proto__":{"admin":true}}'))).toEqual(['/metadata']);
  expect(problemsOf(raw('{"a":{"constructor":{"prototype":1}}}'))).toEqual(['/metadata']);
  expect(problemsOf(raw('{"__pro\\u0000to__":1}'))).toEqual(['/metadata']);
  expect(problemsOf(raw(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`))).toEqual(['/metadata']);
  expect(problemsOf(raw(JSON.stringify({ a: 'x'.repeat(20_000) })))).toEqual(['/metadata']);
});

test('NUL characters and lone surrogates, which Postgres refuses, never get through', () => {
  const [read1] = read(
    '{"type":"message","id":"m1","from":"+14155550123","text":"a\\u0000b\\ud800c","metadata":{"k\\u0000":"v\\udc00"}}',
  ).messages;
  expect(read1!.text).toBe('ab\ufffdc');
  expect(read1!.metadata).toEqual({ k: 'v\ufffd' });
});

test('500 items are taken, 501 are not', () => {
  const many = Array.from({ length: 501 }, (_, i) => ({ ...message, id: `m${i}` }));
  expect(read(many.slice(1)).messages).toHaveLength(500);
  expect(() => read(many)).toThrow(/at most 500/);
});

test('what is no JSON is malformed, and the answer quotes nothing of it', () => {
  for (const body of ['', '{', 'secret words', '\ufeff{}', '{"a":1}}'])
    expect(() => read(body)).toThrow(/^malformed_request: The body is not JSON\.$/);
});

test('any JSON is either read whole or refused with paths, and what was read holds nothing Postgres would refuse', () => {
  const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }));
  const item = fc.record(
    {
      type: fc.constantFrom('message', 'receipt'),
      id: value,
      provider_message_id: value,
      from: value,
      to: value,
      text: value,
      status: value,
      metadata: value,
      contact: value,
      attachments: value,
      timestamp: value,
    },
    { requiredKeys: ['type'] },
  );
  fc.assert(
    fc.property(fc.oneof(item, fc.array(item, { maxLength: 5 }), fc.jsonValue()), (body) => {
      try {
        const text = JSON.stringify(read(JSON.stringify(body)));
        expect(text).not.toContain('\\u0000');
        expect(text.isWellFormed()).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(BatonError);
      }
    }),
    { numRuns: 500 },
  );
});
