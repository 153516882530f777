import type { DirectoryAgent } from '@baton/contracts/directory.ts';
import { expect, test } from 'vitest';
import { Entries } from './entries.ts';

const ada = () => ({ agent_id: 'agt_a' }) as DirectoryAgent;

function reading(created: string, before?: Entries): Entries {
  const entries = new Entries(created, before);
  entries.put('agent.agt_a', 7, ada);
  entries.complete(9);
  return entries;
}

test('a second reading of the same bucket keeps the objects of the same revisions', () => {
  const first = reading('monday');
  expect(reading('monday', first).get('agent', 'agt_a')).toBe(first.get('agent', 'agt_a'));
});

test('another bucket of the same name counts anew, so its revisions say nothing about the objects', () => {
  const first = reading('monday');
  expect(reading('tuesday', first).get('agent', 'agt_a')).not.toBe(first.get('agent', 'agt_a'));
});

test('a newer revision is another object, also when it says the same', () => {
  const entries = reading('monday');
  const before = entries.get('agent', 'agt_a');
  entries.put('agent.agt_a', 10, ada);
  expect(entries.get('agent', 'agt_a')).not.toBe(before);
});

test('has seen every revision up to the moment the reading began, those included whose entries are gone', () => {
  const entries = reading('monday');
  expect(entries.seen).toBe(9);
  entries.delete('agent.agt_a', 11);
  entries.skip(10);
  expect([entries.seen, entries.get('agent', 'agt_a')]).toEqual([11, undefined]);
});

test('knows what has been deleted from what never was there, until it is put again', () => {
  const entries = reading('monday');
  entries.delete('agent.agt_a', 11);
  expect([entries.isGone('agent', 'agt_a'), entries.isGone('agent', 'agt_b')]).toEqual([true, false]);
  entries.put('agent.agt_a', 12, ada);
  expect(entries.isGone('agent', 'agt_a')).toBe(false);
});
