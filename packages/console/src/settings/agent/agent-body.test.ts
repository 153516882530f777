import { expect, test } from 'vitest';
import { agentBody } from './agent-body.ts';

const entered = (fields: Record<string, string>): FormData => {
  const data = new FormData();
  const chosen = { display_name: 'Clara', approval: 'none', handoff: 'human', burst: 'queue', 'backend.kind': 'echo' };
  for (const [name, value] of Object.entries({ ...chosen, ...fields })) data.set(name, value);
  return data;
};
const about = { hasSecret: false, newSecret: () => 'whsec_new' };

test('what is left empty gets the default, or is taken away', () => {
  const { body, secret } = agentBody(entered({ fallback_text: ' ', debounce_ms: '' }), about);
  expect(secret).toBeUndefined();
  expect(body).toEqual({
    display_name: 'Clara',
    language: 'en',
    approval: 'none',
    handoff: 'human',
    burst: 'queue',
    debounce_ms: 0,
    history_limit: 50,
    takeover_timeout_seconds: null,
    silence_timeout_seconds: null,
    fallback_text: null,
    backend: { kind: 'echo' },
    shadow_backend: null,
  });
});

test('a webhook gets a new secret, unless it has one or one is entered', () => {
  const webhook = { 'backend.kind': 'webhook', 'backend.url': 'https://ai.example.com', 'backend.timeout_ms': '9000' };
  const shown = { kind: 'webhook', url: 'https://ai.example.com', timeout_ms: 9000 };
  expect(agentBody(entered(webhook), about)).toMatchObject({ body: { backend: { ...shown, secret: 'whsec_new' } }, secret: 'whsec_new' });
  const kept = agentBody(entered(webhook), { ...about, hasSecret: true });
  expect(kept.secret).toBeUndefined();
  expect(kept.body.backend).toEqual(shown);
  const own = agentBody(entered({ ...webhook, 'backend.secret': 'whsec_own' }), about);
  expect(own).toMatchObject({ body: { backend: { secret: 'whsec_own' } }, secret: undefined });
});

test('a model is asked as it was entered, also in the shadow', () => {
  const openai = (at: string) => ({
    [`${at}.kind`]: 'openai',
    [`${at}.base_url`]: 'https://api.openai.com/v1',
    [`${at}.model`]: 'small',
    [`${at}.system_prompt`]: 'You are {{agent.display_name}}.',
    [`${at}.temperature`]: '0.2',
    [`${at}.stream`]: 'on',
  });
  const expected = {
    kind: 'openai',
    timeout_ms: 30_000,
    base_url: 'https://api.openai.com/v1',
    model: 'small',
    system_prompt: 'You are {{agent.display_name}}.',
    temperature: 0.2,
    max_output_tokens: null,
    history_tokens: null,
    stream: true,
    handoff_tool: false,
    image_urls: false,
  };
  const { body } = agentBody(entered({ ...openai('backend'), ...openai('shadow_backend'), 'shadow_backend.api_key': 'sk-1' }), about);
  expect(body.backend).toEqual(expected);
  expect(body.shadow_backend).toEqual({ ...expected, api_key: 'sk-1' });
});
