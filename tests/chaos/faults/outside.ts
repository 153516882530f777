import type { AiCall } from '@baton/testkit/fake-ai.ts';
import type { ProviderAnswer } from '@baton/testkit/fake-provider.ts';
import type { StubAnswer } from '@baton/testkit/http-stub.ts';
import { answerOf } from '../cast/stubs.ts';
import { type Fault, pause } from './fault.ts';

const providerMoods: Record<string, ProviderAnswer> = {
  'limits the rate': { status: 429, json: { code: 20429 }, headers: { 'retry-after': '1' } },
  'has a fault': { status: 500, json: {} },
  'takes the message and never answers': 'accept-then-hang',
  'takes the message and cuts the line': 'accept-then-reset',
  'cuts the line': 'reset',
  'is slow': { accept: true, delayMs: 1_500 },
};

const provider: Fault = {
  name: 'provider',
  what: `a provider that ${Object.keys(providerMoods).join(', ')}`,
  strike: async (scene, dice) => {
    const mood = dice.pick(Object.keys(providerMoods));
    const ms = dice.whole(1_000, 5_000);
    scene.say(`the provider ${mood} for ${ms} ms`);
    // Some messages only: at an account where all fail the breaker opens, and nothing more is tried.
    scene.provider.respond((_call, nth) => (nth % 2 === 0 ? (providerMoods[mood] ?? 'accept') : 'accept'));
    await pause(scene, ms);
    scene.provider.respond();
  },
};

const aiMoods: Record<string, (call: AiCall) => StubAnswer> = {
  'is slow': (call) => ({ ...(answerOf(call) as object), delayMs: 2_500 }),
  'never answers': () => 'hang',
  'cuts the line': () => 'reset',
  'has a fault': () => ({ status: 500, json: { error: 'no' } }),
  'limits the rate': () => ({ status: 429, headers: { 'retry-after': '1' } }),
  'answers rubbish': () => ({ json: { text: { deep: [null] }, __proto__: 1 } }),
  'says nothing': () => ({ status: 204 }),
  'hands over': () => ({ json: { text: '', handoff: { reason: 'asked for a person' } } }),
};

const ai: Fault = {
  name: 'ai',
  what: `an AI backend that ${Object.keys(aiMoods).join(', ')}`,
  strike: async (scene, dice) => {
    const mood = dice.pick(Object.keys(aiMoods));
    const ms = dice.whole(1_000, 6_000);
    scene.say(`the AI ${mood} for ${ms} ms`);
    scene.ai.respond((call, nth) => (nth % 3 === 0 ? answerOf(call) : (aiMoods[mood]?.(call) ?? answerOf(call))));
    await pause(scene, ms);
    scene.ai.respond(answerOf);
  },
};

const subscriber: Fault = {
  name: 'subscriber',
  what: 'a webhook endpoint that hangs, answers 500 or cuts the line',
  strike: async (scene, dice) => {
    const mood = dice.pick<StubAnswer>(['hang', 'reset', { status: 500 }, { status: 200, delayMs: 2_000 }]);
    const ms = dice.whole(1_000, 5_000);
    scene.say(`the subscriber: ${JSON.stringify(mood)} for ${ms} ms`);
    scene.subscriber.respond(mood);
    await pause(scene, ms);
    scene.subscriber.respond();
  },
};

export const outsideFaults: Fault[] = [provider, ai, subscriber];
