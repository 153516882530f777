import { Type } from 'typebox';
import type { Dialect } from '../dialect.ts';
import { sentenceOf } from '../sentence.ts';

const CrmError = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'The stable code of the native API.', examples: ['not_found'] }),
      message: Type.String(),
    }),
  },
  { title: 'CrmError', examples: [{ error: { code: 'validation_error', message: 'limit must be <= 250.' } }] },
);

export const crm: Dialect = {
  name: 'crm',
  tag: 'Dialect: crm',
  description: 'Reading conversations and messages, for CRM sync and reporting. Under `/dialects/crm/api/v1`.',
  errorSchema: CrmError,
  // Its document prints no error: the code that Baton has everywhere, and a sentence.
  errorBody: (refusal) => ({ error: { code: refusal.code, message: sentenceOf(refusal) } }),
};
