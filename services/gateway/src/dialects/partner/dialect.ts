import type { BatonError } from '@baton/errors/baton-error.ts';
import { Type } from 'typebox';
import type { Dialect } from '../dialect.ts';
import { sentenceOf } from '../sentence.ts';

const PartnerError = Type.Object(
  {
    error: Type.Object({
      code: Type.String({
        description:
          '`unauthorized`, `forbidden`, `not_found`, `invalid_phone`, `validation_error`, `rate_limited`; for what those do not name, the code of the native API.',
      }),
      message: Type.String(),
      status: Type.Integer(),
    }),
  },
  {
    title: 'PartnerError',
    examples: [{ error: { code: 'invalid_phone', message: 'phone: must be a phone number in E.164, such as +14155551234', status: 400 } }],
  },
);

/** Everything that makes a request not valid has one code in this contract. */
const codes: Partial<Record<BatonError['code'], string>> = {
  malformed_request: 'validation_error',
  invalid_page_token: 'validation_error',
};

export const partner: Dialect = {
  name: 'partner',
  tag: 'Dialect: partner',
  description: 'Conversations by phone number, for systems of lending and lead recovery. Under `/dialects/partner/v1`.',
  errorSchema: PartnerError,
  errorBody: (refusal) => ({ error: { code: codeOf(refusal), message: sentenceOf(refusal), status: refusal.httpStatus } }),
};

function codeOf(refusal: BatonError): string {
  if (refusal.problems.some(({ path }) => path === 'phone')) return 'invalid_phone';
  return codes[refusal.code] ?? refusal.code;
}
