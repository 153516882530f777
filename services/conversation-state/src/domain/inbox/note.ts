import type { Actor } from '../change-mode.ts';
import type { FieldFault } from '../directory/directory-rules.ts';
import type { NoteRow } from './rows.ts';

export const longestNote = 10_000;

export function noteFaults(text: string): FieldFault[] {
  const fine = text.trim() !== '' && text.length <= longestNote;
  return fine ? [] : [{ path: '/text', message: `must have 1 to ${longestNote} characters` }];
}

/** A note is its author's. `anyAuthor`: whoever asks may change those of others as well. */
export function mayChange(note: NoteRow, at: { actor: Actor; anyAuthor: boolean }): boolean {
  return at.anyAuthor || (note.author_kind === at.actor.kind && note.author_id === at.actor.id);
}
