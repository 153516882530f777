import { expect, test } from 'vitest';
import { fieldProblems } from './field-problems.ts';

test('a missing field, an unknown one and a word outside the vocabulary each get their own path and sentence', () => {
  const errors = [
    { keyword: 'required', instancePath: '', params: { missingProperty: 'agent_id' } },
    { keyword: 'additionalProperties', instancePath: '/contact', params: { additionalProperty: 'a/b' } },
    { keyword: 'enum', instancePath: '/channel', params: { allowedValues: ['sms', 'email'] } },
  ];
  expect(fieldProblems(errors, 'body')).toEqual([
    { path: '/agent_id', message: 'is missing' },
    { path: '/contact/a~1b', message: 'is not a known field' },
    { path: '/channel', message: 'must be one of sms, email' },
  ]);
});

test('the branches of "or null" are not told', () => {
  const errors = [
    { keyword: 'maxLength', instancePath: '/subject', message: 'must NOT have more than 500 characters', params: {} },
    { keyword: 'type', instancePath: '/subject', message: 'must be null', params: { type: 'null' } },
    { keyword: 'anyOf', instancePath: '/subject', message: 'must match a schema in anyOf', params: {} },
  ];
  expect(fieldProblems(errors, 'body')).toEqual([{ path: '/subject', message: 'must NOT have more than 500 characters' }]);
});

test('a query parameter is named, not pointed at', () => {
  expect(fieldProblems([{ keyword: 'maximum', instancePath: '/page_size', message: 'must be <= 250', params: {} }], 'query')).toEqual([
    { path: 'page_size', message: 'must be <= 250' },
  ]);
});
