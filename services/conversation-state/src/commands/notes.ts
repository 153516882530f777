import type { Pipeline, Step } from '@baton/db/pipeline.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import { mayChange } from '../domain/inbox/note.ts';
import type { NoteRow } from '../domain/inbox/rows.ts';
import type { Ledger } from '../domain/ledger.ts';
import { loadNote } from '../store/inbox/notes.ts';
import type { Store } from '../store/store.ts';
import { type AnswerCodec, decideOnce } from './run.ts';
import { type CommandContext, type LoadedConversation, loadForCommand } from './state.ts';

export interface NoteCommand {
  context: CommandContext;
  conversationId: string;
  noteId: string;
  /** Whoever asks may change what others wrote. */
  anyAuthor: boolean;
}

/** Something done to a note that stands, under the lock of its conversation, which is told of it. */
export function changeNote<Answer extends object>(
  store: Store,
  command: NoteCommand,
  o: {
    codec: AnswerCodec<Answer>;
    action: 'edited' | 'deleted';
    decide(note: NoteRow, now: Date, steps: Step<unknown>[]): Answer;
  },
): Promise<Answer> {
  const { context, conversationId, noteId } = command;
  return decideOnce(store, {
    context,
    codec: o.codec,
    load: (pipeline) => loadWithNote(pipeline, command),
    decide: (ledger, loaded, steps) => {
      if (!loaded.note) return notFound('note', noteId);
      if (!mayChange(loaded.note, { actor: context.actor, anyAuthor: command.anyAuthor }))
        return new BatonError('forbidden', 'A note is changed by who wrote it, or by an administrator.');
      tellOfNote(ledger, loaded, { context, conversationId, noteId, action: o.action });
      return o.decide(loaded.note, ledger.now, steps);
    },
  });
}

async function loadWithNote(pipeline: Pipeline, { context, conversationId, noteId }: NoteCommand) {
  const loaded = await loadForCommand(pipeline, context, conversationId);
  const [[note]] = await pipeline.run([{ statement: loadNote, values: [noteId, conversationId] }]);
  return { ...loaded, note };
}

/** That there is something to read, and by whom; never what it says. */
export function tellOfNote(
  ledger: Ledger,
  loaded: LoadedConversation,
  o: { context: CommandContext; conversationId: string; noteId: string; action: 'added' | 'edited' | 'deleted' },
): void {
  const { actor } = o.context;
  ledger.emit(ledger.conversation(loaded.conversation), 'conversation.note_changed', {
    conversation_id: o.conversationId,
    note_id: o.noteId,
    action: o.action,
    actor_user_id: actor.kind === 'user' ? actor.id : null,
  });
}
