import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Completion, CompletionReader, errorCode, UnreadableCompletion } from './completion.ts';
import { replyOf } from './reply.ts';

const completion = (more: Partial<Completion>): Completion => ({
  text: '',
  refusal: '',
  toolCalls: [],
  finishReason: 'stop',
  model: 'small',
  usage: undefined,
  ...more,
});
const text = (more: Partial<Completion>) => {
  const result = replyOf(completion(more));
  return result.kind === 'reply' ? result.reply.messages.map((message) => message.text) : result;
};
const tool = (args: string, name = 'hand_off_to_human') => ({ toolCalls: [{ name, arguments: args }], finishReason: 'tool_calls' });

describe('what a model said', () => {
  it('is sent without the marks that it imitated, and without what cannot be stored', () => {
    expect(text({ text: ' [human colleague] [automatic message] Hel\0lo\ud800 ' })).toEqual(['Hello\ufffd']);
  });

  it.each([
    ['We are open. Come at', ['We are open.']],
    ['It is 3.5 km! Take the', ['It is 3.5 km!']],
    ['我们开门。明天见', ['我们开门。']],
    ['No end in sight 3.5', { kind: 'failed', error: 'the answer was cut off at max_output_tokens' }],
  ])('and was cut off (%s) ends with a whole sentence, or fails', (given, expected) => {
    expect(text({ text: given, finishReason: 'length' })).toEqual(expected);
  });

  it('is asked for again when it is nothing', () => {
    expect(replyOf(completion({}))).toMatchObject({ kind: 'again', error: 'the model gave an empty answer' });
    expect(replyOf(completion(tool('{}', 'order_pizza')))).toMatchObject({ kind: 'again' });
  });
});

describe('a hand-off', () => {
  it.each(['', '{', '[]', 'null', '{"reason": 5}', '{"reason": ""}'])('counts whatever the model wrote as its arguments: %s', (args) => {
    expect(replyOf(completion(tool(args)))).toMatchObject({
      reply: { messages: [], handoff: { reason: 'requested', summary: undefined } },
    });
  });

  it('says the model’s own text rather than that of the tool', () => {
    const args = JSON.stringify({ reason: 'refund', summary: 's', message: 'from the tool' });
    expect(text({ text: 'own', ...tool(args) })).toEqual(['own']);
    expect(text(tool(args))).toEqual(['from the tool']);
  });
});

describe('reading', () => {
  it('puts the arguments of tools together, with and without an index', () => {
    const reader = new CompletionReader();
    const add = (call: object) => reader.add(JSON.stringify({ choices: [{ delta: { tool_calls: [call] } }] }));
    add({ index: 0, function: { name: 'a', arguments: '{' } });
    add({ index: 1, function: { name: 'b', arguments: '1' } });
    add({ index: 0, function: { arguments: '}' } });
    expect(reader.completion.toolCalls).toEqual([
      { name: 'a', arguments: '{}' },
      { name: 'b', arguments: '1' },
    ]);
  });

  it('names an error by its code and never by its message', () => {
    expect(errorCode({ message: 'key sk-1', type: 't', code: null })).toBe('t');
    expect(errorCode({ code: 'has spaces and a customer’s text' })).toBe('unknown');
    expect(() => new CompletionReader().add('{"error":{"message":"secret","code":"overloaded"}}')).toThrow(
      'the backend broke off: overloaded',
    );
  });

  it('throws nothing but that it cannot be read, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), shape), (json) => {
        try {
          const reader = new CompletionReader();
          reader.add(json);
          replyOf(reader.completion);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableCompletion);
        }
      }),
    );
  });
});

/** Near enough to the real shape to get far. */
const shape = fc
  .record({
    model: fc.anything(),
    usage: fc.oneof(fc.anything(), fc.record({ prompt_tokens: fc.anything(), completion_tokens: fc.anything() })),
    choices: fc.array(
      fc.record({
        finish_reason: fc.anything(),
        delta: fc.oneof(
          fc.anything(),
          fc.record({
            content: fc.anything(),
            tool_calls: fc.array(
              fc.record({ index: fc.anything(), function: fc.record({ name: fc.anything(), arguments: fc.anything() }) }),
            ),
          }),
        ),
      }),
    ),
  })
  .map((value) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? '');
