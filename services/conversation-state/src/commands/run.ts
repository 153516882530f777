import type { BatonError } from '@baton/errors/baton-error.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Refusal } from '../domain/refusals.ts';
import { decideAndCommit, type Store } from '../store/store.ts';
import { refusalError } from '../wire/context.ts';
import { anotherCommand, type CommandContext, type LoadedConversation, loadForCommand, rememberResult } from './state.ts';

/** How an answer is stored beside its command id, and read back when the same command comes again. */
export interface AnswerCodec<Answer> {
  kind: string;
  encode(answer: Answer): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Answer;
}

/**
 * One command about one conversation: load under lock, decide, commit, and remember the answer under the command's id.
 * A refusal changes nothing and is not remembered: repeated, it is decided anew.
 */
export async function runCommand<Answer extends object>(
  store: Store,
  o: {
    context: CommandContext;
    conversationId: string;
    codec: AnswerCodec<Answer>;
    decide(ledger: Ledger, loaded: LoadedConversation): Answer | Refusal | BatonError;
  },
): Promise<Answer> {
  const outcome = await decideAndCommit(store, [o.context.workspaceId], {
    load: (pipeline) => loadForCommand(pipeline, o.context, o.conversationId),
    decide: (ledger, loaded): { answer: Answer; fresh: boolean } | { refused: Refusal | BatonError } => {
      if (loaded.earlier && loaded.earlier.kind !== o.codec.kind) return { refused: anotherCommand() };
      if (loaded.earlier) return { answer: o.codec.decode(loaded.earlier.result), fresh: false };
      const decided = o.decide(ledger, loaded);
      return isRefusal(decided) ? { refused: decided } : { answer: decided, fresh: true };
    },
    refused: (result) => 'refused' in result,
    also: (result) =>
      'answer' in result && result.fresh && o.context.commandId !== ''
        ? [rememberResult(o.context, o.codec.kind, o.codec.encode(result.answer).finish(), store.now())]
        : [],
  });
  if ('refused' in outcome) throw outcome.refused instanceof Error ? outcome.refused : refusalError(outcome.refused);
  return outcome.answer;
}

function isRefusal(decided: object): decided is Refusal | BatonError {
  return decided instanceof Error || 'code' in decided;
}
