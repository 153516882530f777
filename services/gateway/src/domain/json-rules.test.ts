import { expect, test } from 'vitest';
import { jsonProblem } from './json-rules.ts';

test('a NUL character is found wherever it hides', () => {
  expect(jsonProblem({ a: [{ 'b/c': 'x\0' }] })?.path).toBe('/a/0/b~1c');
  expect(jsonProblem({ 'a\0': 1 })?.message).toMatch(/NUL/);
});

test('a number beyond what JSON can carry on and a body nested without end are refused', () => {
  expect(jsonProblem(JSON.parse('{"a":1e999}'))?.path).toBe('/a');
  expect(jsonProblem(JSON.parse(`${'['.repeat(9000)}${']'.repeat(9000)}`))?.message).toMatch(/deeper/);
  expect(jsonProblem({ a: { b: [1, 'x', null, true] } })).toBeUndefined();
});
