import { type TSchema, Type } from 'typebox';

/** A value of a fixed vocabulary. */
export function Word<const T extends readonly string[]>(words: T, options: { description?: string; examples?: string[] } = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...words], ...options });
}

export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** An id as it is answered, and as it is documented for requests (whose malformed ids are "not found"). */
export function Id(prefix: string, description?: string) {
  return Type.String({ examples: [`${prefix}_01k9qg3v5e7h2m4n6p8r0s2t4v`], ...(description !== undefined && { description }) });
}

export const Time = Type.String({ format: 'date-time', examples: ['2026-05-15T14:32:01.000Z'] });

export const Metadata = Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), {
  description: 'Anything you like, up to 16 KiB as JSON.',
  examples: [{ order: '4711' }],
});

export const Attachment = Type.Object(
  {
    url: Type.String({ maxLength: 2048, pattern: '^https?://[^\\s]+$', examples: ['https://files.example.com/menu.pdf'] }),
    content_type: Type.Optional(Type.String({ maxLength: 200, examples: ['application/pdf'] })),
    size: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Bytes; 0 when unknown.' })),
    name: Type.Optional(Type.String({ maxLength: 255, examples: ['menu.pdf'] })),
  },
  { title: 'Attachment', additionalProperties: false },
);

export const Attachments = Type.Array(Attachment, { maxItems: 20 });

/** The longest text of a message. Where a provider takes less in one, it becomes several. */
export const Text = Type.String({ maxLength: 65_536, examples: ['Your table is booked for eight.'] });

export const Paging = {
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 250, default: 50, description: 'Rows in a page.' })),
  page_token: Type.Optional(Type.String({ maxLength: 2048, description: '`next_page_token` of the page before.' })),
};

/** The query of a list that takes nothing but paging. */
export const PageQuery = Type.Object(Paging, { additionalProperties: false });

export const NoQuery = Type.Object({}, { additionalProperties: false });

/** Of what is refused with 409 unless somebody insists. */
export const ForceQuery = Type.Object(
  { force: Type.Optional(Type.Boolean({ default: false, description: 'Do it although it is refused with 409 without.' })) },
  { additionalProperties: false },
);

export const NextPageToken = Nullable(Type.String({ description: 'Send it as `page_token`; null at the end.' }));

export const Problem = Type.Object(
  {
    type: Type.String({ examples: ['urn:baton:problem:not_found'] }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable, for machines.', examples: ['not_found'] }),
    trace_id: Type.String({ description: 'Name it when you ask for help.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: 'JSON pointer into the body, or the name of a parameter.' }),
          message: Type.String(),
        }),
      ),
    ),
  },
  {
    title: 'Problem',
    description: 'RFC 9457 problem details.',
    examples: [
      {
        type: 'urn:baton:problem:conversation_closed',
        title: 'The conversation is closed',
        status: 409,
        detail: 'A closed conversation stays closed.',
        code: 'conversation_closed',
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      },
    ],
  },
);
