/** A JSON object, taken as it comes. */
export type Json = Record<string, unknown>;
