import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerLimits, parseAnswer } from './answer.ts';

const reply = (json: unknown) => {
  const parsed = parseAnswer(JSON.stringify(json));
  if (parsed.kind !== 'reply') throw new Error(parsed.error);
  return parsed.reply;
};
const error = (json: unknown) => {
  const parsed = parseAnswer(typeof json === 'string' ? json : JSON.stringify(json));
  return parsed.kind === 'invalid' ? parsed.error : undefined;
};
const empty = { messages: [], handoff: undefined, close: false, tags: [], status: undefined, metadata: undefined };

describe('an answer', () => {
  it('with a text is one message', () => {
    expect(reply({ text: 'Hello' })).toEqual({ ...empty, messages: [{ text: 'Hello', attachments: [] }] });
  });

  it('with messages keeps their order and their files', () => {
    const attachments = [{ url: 'https://files.example/a.pdf', content_type: 'application/pdf', size: 12, name: 'a.pdf' }];
    expect(
      reply({ messages: [{ text: 'one' }, { text: 'two', attachments }, { attachments: [{ url: 'https://files.example/b' }] }] }).messages,
    ).toEqual([
      { text: 'one', attachments: [] },
      { text: 'two', attachments: [{ url: 'https://files.example/a.pdf', contentType: 'application/pdf', size: 12, name: 'a.pdf' }] },
      { text: '', attachments: [{ url: 'https://files.example/b', contentType: '', size: 0, name: '' }] },
    ]);
  });

  it.each([{}, { text: '' }, { text: null }, { messages: [] }, { unknown: 1 }])('%j is silence', (json) => {
    expect(reply(json)).toEqual(empty);
  });

  it('may hand off, close, tag, set a status and carry metadata', () => {
    expect(
      reply({
        text: 'A colleague will call you.',
        handoff: { reason: 'asked for a person', summary: 'wants a refund' },
        close: true,
        tags: ['vip', ' refund '],
        status: 'escalated',
        metadata: { score: 0.5, nested: { list: [1, 'two', null] } },
      }),
    ).toEqual({
      messages: [{ text: 'A colleague will call you.', attachments: [] }],
      handoff: { reason: 'asked for a person', summary: 'wants a refund' },
      close: true,
      tags: ['vip', 'refund'],
      status: 'escalated',
      metadata: { score: 0.5, nested: { list: [1, 'two', null] } },
    });
  });

  it('without a reason hands off all the same', () => {
    expect(reply({ handoff: {} }).handoff).toEqual({ reason: 'requested', summary: undefined });
  });

  it('loses what Postgres cannot store, and nothing else', () => {
    expect(reply({ text: 'a\0b\ud800c', metadata: { k: 'x\0' } })).toMatchObject({
      messages: [{ text: 'ab\ufffdc' }],
      metadata: { k: 'x' },
    });
  });
});

describe('an answer that is not valid', () => {
  it.each([
    ['{', 'the answer is no JSON'],
    ['', 'the answer is no JSON'],
    ['"text"', 'the answer must be an object'],
    ['[]', 'the answer must be an object'],
    ['null', 'the answer must be an object'],
    [{ text: 1 }, 'text must be a text'],
    [{ text: 'a', messages: [] }, 'the answer has both text and messages'],
    [{ text: 'x'.repeat(answerLimits.text + 1) }, 'text is longer than 65536 characters'],
    [{ messages: {} }, 'messages must be a list'],
    [{ messages: ['a'] }, 'messages[0] must be an object'],
    [{ messages: [{ text: 'a' }, {}] }, 'messages[1] has neither text nor attachments'],
    [{ messages: Array(21).fill({ text: 'a' }) }, 'messages has more than 20 entries'],
    [{ messages: [{ attachments: [{}] }] }, 'messages[0].attachments[0].url must be a text'],
    [
      { messages: [{ attachments: [{ url: 'file:///etc/passwd' }] }] },
      'messages[0].attachments[0].url must begin with http:// or https://',
    ],
    [
      { messages: [{ attachments: [{ url: 'https://a.example', size: -1 }] }] },
      'messages[0].attachments[0].size must be a number of bytes',
    ],
    [{ handoff: 'please' }, 'handoff must be an object'],
    [{ handoff: { reason: 1 } }, 'handoff.reason must be a text'],
    [{ close: 'yes' }, 'close must be true or false'],
    [{ tags: 'vip' }, 'tags must be a list'],
    [{ tags: [' '] }, 'tags[0] is empty'],
    [{ status: 'done' }, 'status must be one of active, completed, escalated, abandoned, archived'],
    [{ metadata: [] }, 'metadata must be an object'],
    [{ metadata: { big: 'x'.repeat(answerLimits.metadata) } }, 'metadata is larger than 32768 characters'],
    ['{"metadata":{"a":{"__proto__":{"admin":true}}}}', 'metadata must not have the key __proto__'],
    [`{"metadata":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`, 'metadata is nested deeper than 16'],
  ])('%j fails the turn: %s', (json, expected) => {
    expect(error(json)).toBe(expected);
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.anything().map((value) => JSON.stringify(value) ?? ''),
        ),
        (body) => {
          expect(['reply', 'invalid']).toContain(parseAnswer(body).kind);
        },
      ),
    );
  });
});
