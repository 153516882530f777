import type { BatonError } from '@baton/errors/baton-error.ts';
import type { TSchema } from 'typebox';

/**
 * A contract of another product whose clients come here by changing base URL and key. It lies under `/dialects/<name>`, says everything that goes
 * wrong in its own shape, and maps onto the operations that the native API has: it keeps nothing and decides nothing.
 */
export interface Dialect {
  name: string;
  /** In the OpenAPI document. */
  tag: string;
  description: string;
  errorBody(refusal: BatonError): object;
  /** Of what `errorBody` gives. */
  errorSchema: TSchema;
}
