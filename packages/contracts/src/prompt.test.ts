import { describe, expect, it } from 'vitest';
import { fillPrompt, unknownVariables } from './prompt.ts';

describe('a system prompt', () => {
  it('has its variables filled, with or without spaces, and nothing else touched', () => {
    const prompt = 'You are {{ agent.display_name }}; {{contact.name}} has {{contact.attributes.tier-1}}. {"json": {}} { {channel} }';
    expect(fillPrompt(prompt, (name) => `<${name}>`)).toBe(
      'You are <agent.display_name>; <contact.name> has <contact.attributes.tier-1>. {"json": {}} { {channel} }',
    );
  });

  it('is not filled a second time by what was put in', () => {
    expect(fillPrompt('{{contact.name}}', () => '{{now}}')).toBe('{{now}}');
  });

  it.each([
    ['{{contact.name}} {{now}}', []],
    ['{{contact.nam}} {{}} {{contact.attributes.}}', ['contact.nam', '', 'contact.attributes.']],
    ['{{contact.attributes.__proto__}}', []],
  ])('names its unknown variables: %s', (prompt, unknown) => {
    expect(unknownVariables(prompt)).toEqual(unknown);
  });
});
