import { EllipsisVertical, LockKeyhole } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Note } from '../../data/types.ts';
import { useUserNames } from '../../data/use-users.ts';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Button } from '../../ui/button.tsx';
import { inputLook } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { sayError } from '../errors.ts';
import { useMayChange, useNoteActions } from './use-notes.ts';

/** A note in the row of what was said, unlike anything that a customer has seen. */
export function NoteCard({ note }: { note: Note }) {
  const t = useTexts();
  const times = useTimes();
  const { userId } = useSession();
  const names = useUserNames();
  const mayChange = useMayChange(note);
  const { change, remove } = useNoteActions(note.conversation_id);
  const [editing, setEditing] = useState(false);
  const author = note.author_id === userId && userId !== null ? t.timeline.you : (names.get(note.author_id ?? '') ?? t.note.somebody);
  const failure = change.error ?? remove.error;
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text')).trim();
    if (text !== '') change.mutate({ id: note.note_id, text }, { onSuccess: () => setEditing(false) });
  };
  return (
    <article
      aria-label={t.note.one}
      data-note={note.note_id}
      className="mt-4 mb-1 ml-auto w-fit max-w-[min(92%,34rem)] min-w-56 rounded-lg border-l-4 border-warn-text/60 bg-warn-soft py-2 pr-2 pl-3 text-ink"
    >
      <p className="flex items-center gap-1.5 text-xs text-warn-text">
        <LockKeyhole size={12} className="shrink-0" aria-hidden />
        <span className="font-semibold">{author}</span>
        <span className="min-w-0 flex-1">{t.note.onlyPeople}</span>
        {mayChange && !editing && (
          <Menu trigger={<IconButton icon={EllipsisVertical} label={t.note.change} className="-my-1 size-6!" />}>
            <MenuItem onSelect={() => setEditing(true)}>{t.note.edit}</MenuItem>
            <MenuItem onSelect={() => remove.mutate(note.note_id)}>{t.note.delete}</MenuItem>
          </Menu>
        )}
      </p>
      {editing ? (
        <form onSubmit={save} className="mt-1.5 flex w-[min(28rem,70vw)] flex-col gap-2">
          <textarea
            name="text"
            required
            aria-label={t.note.one}
            rows={3}
            maxLength={10_000}
            defaultValue={note.text}
            className={inputLook}
          />
          <span className="flex justify-end gap-1.5">
            <Button size="small" onClick={() => setEditing(false)}>
              {t.conversation.cancel}
            </Button>
            <Button size="small" type="submit" look="primary" disabled={change.isPending}>
              {t.settings.save}
            </Button>
          </span>
        </form>
      ) : (
        <p className="mt-1 pr-1 break-words whitespace-pre-wrap">{note.text}</p>
      )}
      {failure && (
        <p role="alert" className="mt-1 text-xs text-danger-text">
          {sayError(failure, t)}
        </p>
      )}
      <p className="mt-1 text-xs text-warn-text">
        <time dateTime={note.created_at} title={times.full(note.created_at)}>
          {times.clock(note.created_at)}
        </time>
        {note.updated_at !== note.created_at && ` · ${t.note.edited}`}
      </p>
    </article>
  );
}
