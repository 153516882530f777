import { authors, dispatchOutcomes } from '@baton/contracts/vocabulary.ts';
import { type Static, Type } from 'typebox';
import { Id, NextPageToken, Nullable, Paging, Time, Word } from '../common.ts';
import { shadowFields, Usage } from '../conversation.ts';
import { Message } from '../message.ts';
import { Backend, NewBackend } from './backend.ts';

const when = (description: string) => Type.String({ format: 'date-time', description, examples: ['2026-05-15T14:32:01.000Z'] });

const selection = {
  agent_id: Id('agt', 'The turns of this agent.'),
  conversation_ids: Type.Array(Id('conv'), { maxItems: 100, description: 'The turns of these conversations; empty: of all.' }),
  since: when('Turns that began then or later.'),
  until: when('And before then.'),
  limit: Type.Integer({ minimum: 1, maximum: 1000, description: 'The newest so many turns.' }),
  include_human: Type.Boolean({
    description: 'Also turns that no AI was asked, because people had the conversation: to see what it would have said in their place.',
  }),
  max_tokens: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000, description: 'It ends when it has used so many tokens.' }),
  name: Type.String({ maxLength: 200, examples: ['gpt-5-mini, shorter prompt'] }),
};

export const CreateReplay = Type.Object(
  {
    ...Type.Partial(Type.Object({ ...selection, limit: Type.Integer({ ...selection.limit, default: 100 }) })).properties,
    backend: NewBackend,
  },
  {
    title: 'CreateReplay',
    additionalProperties: false,
    description:
      'Which turns (`agent_id`, or `conversation_ids`, or both), and the backend to ask, as an agent’s. Without a secret or key the agent’s own is taken where kind and origin are the same.',
    examples: [{ name: 'Echo', agent_id: 'agt_01k9qg3v5e7h2m4n6p8r0s2t4v', limit: 50, backend: { kind: 'echo' } }],
  },
);

export const replayStatuses = ['queued', 'running', 'completed', 'cancelled', 'failed'] as const;

export const Replay = Type.Object(
  {
    replay_id: Id('rpl'),
    ...selection,
    agent_id: Nullable(selection.agent_id),
    since: Nullable(selection.since),
    until: Nullable(selection.until),
    max_tokens: Nullable(selection.max_tokens),
    backend: Backend,
    status: Word(replayStatuses, {
      description: '`cancelled`: by a person, or by `max_tokens`. `failed`: the backend gave nothing ten times in a row.',
    }),
    error: Nullable(Type.String({ description: 'Why it ended before its time, where no person ended it.' })),
    counts: Type.Object(
      {
        total: Type.Integer(),
        done: Type.Integer({ description: 'The backend answered, be it with silence.' }),
        failed: Type.Integer(),
        skipped: Type.Integer({ description: 'Erased, of an agent that is gone, or not asked when it ended.' }),
      },
      { title: 'ReplayCounts' },
    ),
    usage: Type.Object(
      { input_tokens: Type.Integer(), output_tokens: Type.Integer() },
      { title: 'ReplayUsage', description: 'What it has cost so far, as the backend says.' },
    ),
    created_at: Time,
    started_at: Nullable(Time),
    ended_at: Nullable(Time),
  },
  { title: 'Replay' },
);
export type Replay = Static<typeof Replay>;

export const ReplayList = Type.Object(
  { replays: Type.Array(Replay), next_page_token: NextPageToken },
  { title: 'ReplayList', description: 'Newest first. Kept for 30 days.' },
);

const Before = Type.Object(
  {
    outcome: Word(dispatchOutcomes),
    reason: Nullable(Type.String()),
    error: Nullable(Type.String()),
    latency_ms: Nullable(Type.Integer()),
    usage: Nullable(Usage),
    answered_by: Nullable(Word(authors, { description: 'Who wrote the first message of those that went out; null: nobody answered.' })),
    messages: Type.Array(Message, { description: 'The turn’s own reply, and what people wrote before the customer did again.' }),
    suggestion: Type.Unknown({ description: 'A reply that did not go out by itself, as the AI backend gave it; else null.' }),
  },
  { title: 'ReplayedBefore', description: 'What became of the turn.' },
);

const After = Type.Object(shadowFields, {
  title: 'ReplayedAfter',
  description: 'What the replay’s backend says. `deferred`: it answered 202, and nothing waits for it.',
});

export const ReplayTurn = Type.Object(
  {
    dispatch_id: Id('dsp'),
    conversation_id: Id('conv'),
    agent_id: Id('agt'),
    status: Word(['pending', 'done', 'failed', 'skipped']),
    error: Nullable(Type.String({ description: 'Why it was skipped.' })),
    asked: Type.Array(Message, { description: 'What the customer wrote.' }),
    before: Nullable(Before),
    after: Nullable(After),
  },
  { title: 'ReplayTurn', description: 'One past turn: what was answered then, and what the other backend answers now.' },
);
export type ReplayTurn = Static<typeof ReplayTurn>;

export const ReplayTurnList = Type.Object(
  { turns: Type.Array(ReplayTurn), next_page_token: NextPageToken },
  { title: 'ReplayTurnList', description: 'In the order of the turns.' },
);

export const ReplayTurnQuery = Type.Object(
  { ...Paging, page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50, description: 'Rows in a page.' })) },
  { additionalProperties: false },
);

export const DeletedReplay = Type.Object({ replay_id: Id('rpl'), deleted: Type.Boolean() }, { title: 'DeletedReplay' });
