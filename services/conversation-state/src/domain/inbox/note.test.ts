import { expect, test } from 'vitest';
import { noon } from '../../../test/pure/rows.ts';
import { longestNote, mayChange, noteFaults } from './note.ts';

const note = {
  note_id: 'note_a',
  workspace_id: 'workspace_a',
  conversation_id: 'conversation_a',
  text: 'Likes peanuts',
  author_kind: 'user',
  author_id: 'user_a',
  editor_kind: 'user',
  editor_id: 'user_a',
  created_at: noon,
  updated_at: noon,
};

test('a note has a text, and not a book', () => {
  expect(noteFaults('x')).toEqual([]);
  expect(noteFaults('x'.repeat(longestNote))).toEqual([]);
  for (const text of ['', ' \n', 'x'.repeat(longestNote + 1)]) expect(noteFaults(text)).toHaveLength(1);
});

test('a note is changed by its author, or by who may change any', () => {
  const may = (kind: string, id: string, anyAuthor = false) => mayChange(note, { actor: { kind, id }, anyAuthor });
  expect(may('user', 'user_a')).toBe(true);
  expect(may('user', 'user_b')).toBe(false);
  expect(may('api_key', 'user_a')).toBe(false);
  expect(may('api_key', 'key_a', true)).toBe(true);
});
