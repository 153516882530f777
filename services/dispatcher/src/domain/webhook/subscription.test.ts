import { expect, test } from 'vitest';
import { wants } from './subscription.ts';

const event = { event_type: 'message.sent', agent_id: 'agt_a' };

test('empty lists mean everything', () => {
  expect(wants({ event_types: [], agent_ids: [] }, event)).toBe(true);
});

test('both filters must let an event through', () => {
  expect(wants({ event_types: ['message.sent', 'message.read'], agent_ids: ['agt_a'] }, event)).toBe(true);
  expect(wants({ event_types: ['message.read'], agent_ids: [] }, event)).toBe(false);
  expect(wants({ event_types: [], agent_ids: ['agt_b'] }, event)).toBe(false);
});

test('an event about no agent is not for those who asked for certain agents', () => {
  const about = { event_type: 'webhook.disabled', agent_id: null };
  expect(wants({ event_types: [], agent_ids: [] }, about)).toBe(true);
  expect(wants({ event_types: [], agent_ids: ['agt_a'] }, about)).toBe(false);
});
