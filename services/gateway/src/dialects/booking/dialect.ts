import { Type } from 'typebox';
import type { Dialect } from '../dialect.ts';
import { sentenceOf } from '../sentence.ts';

const BookingError = Type.Object(
  {
    detail: Type.String(),
    code: Type.String({ description: 'The stable code of the native API.', examples: ['not_found'] }),
  },
  { title: 'BookingError', examples: [{ detail: 'size must be <= 100.', code: 'validation_error' }] },
);

export const booking: Dialect = {
  name: 'booking',
  tag: 'Dialect: booking',
  description: 'Conversations of leads with a booking assistant. Under `/dialects/booking/api/v1`.',
  errorSchema: BookingError,
  // Its document prints no error.
  errorBody: (refusal) => ({ detail: sentenceOf(refusal), code: refusal.code }),
};
