import type { Pipeline, Step } from '@baton/db/pipeline.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Refusal } from '../domain/refusals.ts';
import { decideAndCommit, type Store } from '../store/store.ts';
import { refusalError } from '../wire/context.ts';
import {
  anotherCommand,
  type CommandContext,
  type LoadedConversation,
  loadForCommand,
  rememberResult,
  type StoredAnswer,
} from './state.ts';

/** How an answer is stored beside its command id, and read back when the same command comes again. */
export interface AnswerCodec<Answer> {
  kind: string;
  encode(answer: Answer): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Answer;
}

interface OnceCommand<Loaded, Answer> {
  context: CommandContext;
  codec: AnswerCodec<Answer>;
  /** Reads under lock, and with it what `findResult` finds. */
  load(pipeline: Pipeline): Promise<Loaded & { earlier: StoredAnswer | undefined }>;
  /** What the ledger has no part for is pushed to `steps`: statements of the same commit. */
  decide(ledger: Ledger, loaded: Loaded, steps: Step<unknown>[]): Answer | Refusal | BatonError;
}

/**
 * One command: load under lock, decide, commit, and remember the answer under the command's id.
 * A refusal changes nothing and is not remembered: repeated, it is decided anew.
 */
export async function decideOnce<Loaded extends object, Answer extends object>(
  store: Store,
  o: OnceCommand<Loaded, Answer>,
): Promise<Answer> {
  const { context, codec } = o;
  const outcome = await decideAndCommit(store, [context.workspaceId], {
    what: 'command',
    load: o.load,
    decide: (ledger, loaded): { answer: Answer; steps: Step<unknown>[] } | { refused: Refusal | BatonError } => {
      if (loaded.earlier && loaded.earlier.kind !== codec.kind) return { refused: anotherCommand() };
      if (loaded.earlier) return { answer: codec.decode(loaded.earlier.result), steps: [] };
      const steps: Step<unknown>[] = [];
      const decided = o.decide(ledger, loaded, steps);
      if (isRefusal(decided)) return { refused: decided };
      if (context.commandId !== '') steps.push(rememberResult(context, codec.kind, codec.encode(decided).finish(), store.now()));
      return { answer: decided, steps };
    },
    refused: (result) => 'refused' in result,
    also: (result) => ('steps' in result ? result.steps : []),
  });
  if ('refused' in outcome) throw outcome.refused instanceof BatonError ? outcome.refused : refusalError(outcome.refused);
  return outcome.answer;
}

/** The same about one conversation. */
export function runCommand<Answer extends object>(
  store: Store,
  o: {
    context: CommandContext;
    conversationId: string;
    codec: AnswerCodec<Answer>;
    decide(ledger: Ledger, loaded: LoadedConversation): Answer | Refusal | BatonError;
  },
): Promise<Answer> {
  return decideOnce(store, { ...o, load: (pipeline) => loadForCommand(pipeline, o.context, o.conversationId) });
}

function isRefusal(decided: object): decided is Refusal | BatonError {
  return decided instanceof Error || 'code' in decided;
}
