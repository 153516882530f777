import { Type } from 'typebox';
import type { Dialect } from '../dialect.ts';
import { sentenceOf } from '../sentence.ts';

const DeskError = Type.Object(
  {
    success: Type.Unsafe<false>({ type: 'boolean', const: false }),
    error: Type.String(),
    code: Type.String({ description: 'The stable code of the native API.', examples: ['not_found'] }),
  },
  { title: 'DeskError', examples: [{ success: false, error: 'limit must be <= 100.', code: 'validation_error' }] },
);

export const desk: Dialect = {
  name: 'desk',
  tag: 'Dialect: desk',
  description: 'The conversations of a help desk, in both directions. Under `/dialects/desk`.',
  errorSchema: DeskError,
  errorBody: (refusal) => ({ success: false, error: sentenceOf(refusal), code: refusal.code }),
};
