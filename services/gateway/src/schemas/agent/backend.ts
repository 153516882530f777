import { backendKinds } from '@baton/contracts/directory.ts';
import { promptVariables } from '@baton/contracts/prompt.ts';
import { type Static, Type } from 'typebox';
import { Nullable, Word } from '../common.ts';

const httpUrl = (example: string) => Type.String({ maxLength: 2000, pattern: '^https?://[^\\s]+$', examples: [example] });

const variables = [...promptVariables, 'contact.attributes.<name>'].map((name) => `\`{{${name}}}\``).join(', ');

/** Of the kind `openai` only. */
const openAiFields = {
  model: Type.String({ minLength: 1, maxLength: 200, examples: ['gpt-5-mini'] }),
  system_prompt: Type.String({
    maxLength: 32_000,
    description: `What the model is told first. Variables: ${variables}.`,
    examples: ['You are {{agent.display_name}}, a waiter. You talk with {{contact.name}}.'],
  }),
  temperature: Nullable(Type.Number({ minimum: 0, maximum: 2, description: 'null: the model’s own.' })),
  max_output_tokens: Nullable(Type.Integer({ minimum: 1, maximum: 100_000 })),
  history_tokens: Nullable(
    Type.Integer({
      minimum: 100,
      maximum: 2_000_000,
      description: 'Of the history the newest messages that fit, by an estimate; null: `history_limit` messages.',
    }),
  ),
  stream: Type.Boolean({ description: 'Read the answer as it is written. Default true.' }),
  handoff_tool: Type.Boolean({
    description: 'Offer the tool `hand_off_to_human`. Default true; false for models without tools.',
  }),
  image_urls: Type.Boolean({ description: 'Show images by their URLs, for models that see. Default false: they are mentioned.' }),
};

export const Backend = Type.Object(
  {
    kind: Word(backendKinds),
    url: Nullable(Type.String({ description: 'Of a webhook.' })),
    timeout_ms: Type.Integer(),
    has_secret: Type.Boolean({ description: 'Whether a secret or an API key is stored.' }),
    base_url: Type.Optional(Type.String()),
    ...Type.Partial(Type.Object(openAiFields)).properties,
  },
  { title: 'Backend', description: 'How the AI is reached. From `base_url` on: of the kind `openai` only.' },
);

export const NewBackend = Type.Object(
  {
    kind: Word(backendKinds),
    url: Type.Optional(Nullable(httpUrl('https://ai.example.com/turns'))),
    secret: Type.Optional(
      Type.String({
        pattern: '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$',
        description: '`whsec_` and 24 to 64 bytes in base64; write-only. A webhook needs one.',
      }),
    ),
    base_url: Type.Optional(httpUrl('https://api.openai.com/v1')),
    api_key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2000, description: 'Write-only. Sent as a bearer token; without one none is sent.' }),
    ),
    timeout_ms: Type.Optional(
      Type.Integer({ minimum: 1000, maximum: 120_000, description: 'For one attempt; a turn may take three times as long.' }),
    ),
    ...Type.Partial(Type.Object(openAiFields)).properties,
  },
  { title: 'NewBackend', additionalProperties: false, examples: [{ kind: 'echo' }] },
);
export type NewBackend = Static<typeof NewBackend>;
