import { asObject, type JsonObject } from './json.ts';

/** A provider's answer as an object; empty when it is none (an HTML error page of a proxy, a cut-off body). */
export function answerBody(body: string): JsonObject {
  try {
    return asObject(JSON.parse(body)) ?? {};
  } catch {
    return {};
  }
}
