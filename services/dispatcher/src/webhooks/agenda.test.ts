import { expect, test } from 'vitest';
import { Agenda } from './agenda.ts';

test('an endpoint is due when the database says so, or earlier when somebody else does', () => {
  const agenda = new Agenda();
  agenda.learnt('a', 500, agenda.now());
  agenda.due('a', 300);
  agenda.due('a', 400);
  expect([agenda.at(299), agenda.at(300)]).toEqual([
    { due: [], nextInMs: 1 },
    { due: ['a'], nextInMs: undefined },
  ]);
});

test('what was learnt while the database was asked stands', () => {
  const agenda = new Agenda();
  const asked = agenda.now();
  agenda.due('a', 300);
  agenda.learnt('a', undefined, asked);
  expect(agenda.at(300).due).toEqual(['a']);
});

test('an answer that an answer to a later question has overtaken undoes nothing, also of an endpoint that was off in between', () => {
  const agenda = new Agenda();
  const first = agenda.now();
  agenda.due('a', 100);
  agenda.forget('a');
  agenda.learnt('a', 300, agenda.now());
  agenda.learnt('a', undefined, first);
  expect(agenda.at(300).due).toEqual(['a']);
});

test('what is no longer due is not due', () => {
  const agenda = new Agenda();
  agenda.due('a', 100);
  agenda.due('b', 100);
  agenda.learnt('a', undefined, agenda.now());
  agenda.forget('b');
  expect(agenda.at(200)).toEqual({ due: [], nextInMs: undefined });
});
