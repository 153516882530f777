import { channels, conversationStatuses } from '@baton/contracts/vocabulary.ts';
import { Type } from 'typebox';
import { Attachment, Attachments, Metadata, Nullable, Text, Word } from '../common.ts';
import { toldOfContact, Usage } from '../conversation.ts';

export const TestTurn = Type.Object(
  {
    text: Type.Optional(Text),
    messages: Type.Optional(
      Type.Array(
        Type.Object(
          {
            role: Word(['user', 'assistant', 'operator', 'system'], { examples: ['user'] }),
            text: Type.Optional(Text),
            attachments: Type.Optional(Attachments),
          },
          { title: 'TestMessage', additionalProperties: false },
        ),
        { minItems: 1, maxItems: 200, description: 'Oldest first; the last ones of the role `user` are what is to be answered.' },
      ),
    ),
    channel: Type.Optional(Word(channels, { description: 'Default: `web`.', examples: ['sms'] })),
    contact: Type.Optional(Type.Object(toldOfContact, { title: 'TestContact', additionalProperties: false })),
  },
  {
    title: 'TestTurn',
    additionalProperties: false,
    description: 'What a customer might have written: `text`, or a whole conversation.',
    examples: [{ text: 'Are you open tonight?' }],
  },
);

export const TestTurnResult = Type.Object(
  {
    result: Word(['reply', 'silent', 'deferred', 'failed'], {
      description: '`deferred`: the backend answered 202, and a test does not wait. `failed`: see `error`.',
    }),
    messages: Type.Array(Type.Object({ text: Type.String(), attachments: Type.Array(Attachment) }, { title: 'TestReply' })),
    handoff: Nullable(Type.Object({ reason: Type.String(), summary: Nullable(Type.String()) }, { title: 'TestHandoff' })),
    close: Type.Boolean(),
    tags: Type.Array(Type.String()),
    status: Nullable(Word(conversationStatuses)),
    metadata: Metadata,
    error: Nullable(Type.String()),
    attempts: Type.Integer(),
    latency_ms: Type.Integer(),
    usage: Nullable(Usage),
  },
  { title: 'TestTurnResult', description: 'What the AI would have done.' },
);
