import { asText } from '../wire/json.ts';
import type { Params } from './signature.ts';

/** A parameter's first value; empty when it is missing. */
export function one(params: Params, name: string): string {
  // Object.hasOwn: a JSON body is an ordinary object, whose `constructor` is no parameter.
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return asText(Array.isArray(value) ? value[0] : value);
}
