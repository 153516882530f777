import { newId } from '@baton/contracts/ids.ts';
import { expect, test } from 'vitest';
import { fieldsIn, idsIn, isRecorded } from './audit.ts';

test('of an answer only ids are taken, whatever else stands in it', () => {
  const [agent, uuid] = [newId('agent'), '0193f7a0-7c11-7abc-8def-0123456789ab'];
  const answer = {
    agent_id: agent,
    id: uuid,
    from_number: '+15550123',
    text: 'Call me',
    api_key: 'pk_live_abc',
    n: 7,
    contact: { x: agent },
  };
  expect(idsIn(answer)).toEqual([agent, uuid]);
  expect(idsIn(null)).toEqual([]);
  expect(idsIn('agt_x')).toEqual([]);
});

test('fields are named as the schema knows them, never by what a caller made up', () => {
  const schema = { properties: { display_name: {}, backend: { properties: { url: {}, secret: {} } }, metadata: { type: 'object' } } };
  const body = { display_name: 'x', backend: { url: 'u', secret: 's', mine: 1 }, metadata: { 'Ada Obi': 1 }, made_up: 1, constructor: 1 };
  expect(fieldsIn(schema, body)).toEqual(['display_name', 'backend.url', 'backend.secret', 'metadata']);
  expect(fieldsIn(schema, { backend: null })).toEqual(['backend']);
  expect(fieldsIn(schema, ['display_name'])).toEqual([]);
  expect(fieldsIn(undefined, body)).toEqual([]);
});

test.each([
  [201, 'write', true],
  [503, 'write', true],
  [409, 'write', false],
  [404, 'read', false],
  [403, 'admin', true],
  [409, 'admin', true],
  [401, 'admin', false],
  [429, 'admin', false],
])('%s of a route with the scope %s is recorded: %s', (status, scope, recorded) => {
  expect(isRecorded(status, scope)).toBe(recorded);
});
