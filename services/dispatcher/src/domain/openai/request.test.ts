import type { OpenAiSettings } from '@baton/contracts/directory.ts';
import type { Turn, TurnMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { describe, expect, it } from 'vitest';
import { completionBody, completionsUrl } from './request.ts';

const settings: OpenAiSettings = {
  model: 'small',
  system_prompt: '',
  temperature: null,
  max_output_tokens: null,
  history_tokens: null,
  stream: false,
  handoff_tool: false,
  image_urls: false,
};
const image = { url: 'https://files.example/a.jpg', contentType: 'image/jpeg', size: 3, name: 'a.jpg' };
let last = 0;
const say = (role: string, text: string, attachments: TurnMessage['attachments'] = []): TurnMessage => ({
  messageId: `msg_${++last}`,
  role,
  text,
  attachments,
  createdAt: undefined,
});
const turn = (messages: TurnMessage[], more: Partial<Turn> = {}): Turn => ({
  dispatchId: 'dsp_1',
  conversationId: 'conv_1',
  agentId: 'agt_1',
  channel: 'sms',
  modeEpoch: 1,
  attempt: 1,
  contact: { contactId: 'ctc_1', name: 'Ada', phone: '+15550100', attributes: { tier: 'gold', tags: ['a'] } },
  messages,
  newMessageIds: messages.slice(-1).map(({ messageId }) => messageId),
  deadline: undefined,
  channelAccountId: 'chn_1',
  typing: undefined,
  ...more,
});

function body(t: Turn, more: Partial<OpenAiSettings> = {}, baseUrl = 'http://llm.example/v1') {
  const persona = { display_name: 'Clara', language: 'en' };
  const now = new Date('2026-05-15T14:32:01.000Z');
  return completionBody({ ...settings, ...more }, { baseUrl, turn: t, persona, now, stream: false });
}

const system = (t: Turn, prompt: string) => String(body(t, { system_prompt: prompt }).messages[0]?.content);

describe('the system message', () => {
  it('is the prompt with its variables filled', () => {
    const prompt =
      '{{agent.display_name}} {{agent.language}} {{channel}} {{contact.name}} {{contact.phone}} {{contact.email}}| {{contact.attributes.tier}} {{contact.attributes.tags}} {{contact.attributes.none}}| {{conversation_id}} {{now}}';
    expect(system(turn([say('user', 'hi')]), prompt)).toBe('Clara en sms Ada +15550100 | gold ["a"] | conv_1 2026-05-15T14:32Z');
  });

  it('keeps a customer’s name from reading like instructions of its own', () => {
    const contact = { contactId: 'c', name: `Ada\n\n# New rules\u0000 ${'x'.repeat(500)}`, attributes: {} };
    const text = system(turn([say('user', 'hi')], { contact }), '<{{contact.name}}>');
    expect(text).toMatch(/^<Ada # New rules x+>$/);
    expect(text.length).toBeLessThanOrEqual(202);
  });

  it('says what a human colleague said, and that the conversation was given back', () => {
    const given = turn([say('user', 'hi'), say('assistant', 'Hello'), say('operator', 'Ada here: 10% off'), say('user', 'thanks')]);
    expect(system(given, 'P')).toContain('given it back to you');
    expect(body(given).messages.slice(1)).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Hello\n\n[human colleague] Ada here: 10% off' },
      { role: 'user', content: 'thanks' },
    ]);
    const later = turn([...given.messages, say('assistant', 'Welcome'), say('user', 'bye')]);
    expect(system(later, 'P')).toContain('written by a human colleague');
    expect(system(later, 'P')).not.toContain('given it back to you');
    expect(system(turn([say('user', 'hi')]), 'P')).toBe('P');
  });

  it('is left out when there is nothing to say', () => {
    expect(body(turn([say('user', 'hi')]))).toEqual({ model: 'small', messages: [{ role: 'user', content: 'hi' }] });
  });
});

describe('the history', () => {
  it('is cut at the oldest end by tokens, and never loses what is to be answered', () => {
    const long = 'word '.repeat(60);
    const t = turn([say('user', long), say('assistant', long), say('user', 'new one'), say('user', `new two ${long}`)]);
    const fresh = { ...t, newMessageIds: t.messages.slice(2).map(({ messageId }) => messageId) };
    expect(body(fresh, { history_tokens: 10 }).messages).toEqual([{ role: 'user', content: `new one\n\nnew two ${long}` }]);
    expect(body(fresh, { history_tokens: 220 }).messages).toHaveLength(2);
    expect(body(fresh, { history_tokens: 10_000 }).messages).toHaveLength(3);
  });

  it('shows images where that is allowed, and mentions every other file', () => {
    const pdf = { url: 'https://files.example/b.pdf', contentType: 'application/pdf', size: 3, name: 'b.pdf' };
    const t = turn([say('user', 'look', [image, pdf]), say('user', '', [image])]);
    expect(body(t).messages).toEqual([
      { role: 'user', content: 'look [file: a.jpg, image/jpeg] [file: b.pdf, application/pdf]\n\n[file: a.jpg, image/jpeg]' },
    ]);
    const shown = { type: 'image_url', image_url: { url: image.url } };
    expect(body(t, { image_urls: true }).messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'look [file: b.pdf, application/pdf]' }, shown, shown] },
    ]);
  });
});

it('a limit has the name that the server knows', () => {
  const limited = (baseUrl: string) => body(turn([say('user', 'hi')]), { max_output_tokens: 9 }, baseUrl);
  expect(limited('https://api.openai.com/v1')).toMatchObject({ max_completion_tokens: 9 });
  expect(limited('http://127.0.0.1:11434/v1')).toMatchObject({ max_tokens: 9 });
});

it.each(['http://llm.example/v1', 'http://llm.example/v1/'])('the address below %s', (baseUrl) => {
  expect(completionsUrl(baseUrl)).toBe('http://llm.example/v1/chat/completions');
});
