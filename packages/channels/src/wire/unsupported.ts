import { freeForm, type JsonObject } from './json.ts';
import { clip } from './text.ts';

/** Longest part of a provider's own words that is kept with a message that nothing here can read. */
const maxRawBytes = 4096;

/**
 * A message of a kind that nothing here can read. A customer wrote all the same: it becomes a text that says so, never silence, and keeps what came, so that
 * somebody can look.
 */
export function unsupported(kind: string, raw: JsonObject): { text: string; attachments: []; metadata: JsonObject } {
  const name = clip(kind, 64) || 'unknown';
  const kept = freeForm(raw);
  const small = 'value' in kept && Buffer.byteLength(JSON.stringify(kept.value)) <= maxRawBytes;
  return {
    text: `[message of a kind that cannot be shown: ${name}]`,
    attachments: [],
    metadata: { type: name, unsupported: true, ...(small && { raw: kept.value }) },
  };
}
