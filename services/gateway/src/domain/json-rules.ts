/** How deep a body may nest: Struct encoding recurses, so a deeper one could exhaust the stack of a service. */
export const maxDepth = 24;

/** Metadata is kept with its row and travels in events: it is for references, not for documents. */
export const maxMetadataBytes = 16 * 1024;

/**
 * What JSON Schema cannot say about any value from outside: Postgres stores no NUL character, protobuf no infinite number
 * (`1e999` parses as one). Answers the JSON pointer and the sentence of the first problem.
 */
export function jsonProblem(value: unknown): { path: string; message: string } | undefined {
  const waiting: { value: unknown; path: string; depth: number }[] = [{ value, path: '', depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value: one, path, depth } = next;
    if (typeof one === 'string' && one.includes('\0')) return { path, message: 'must not contain the character NUL' };
    if (typeof one === 'number' && !Number.isFinite(one)) return { path, message: 'is too large a number' };
    if (typeof one !== 'object' || one === null) continue;
    if (depth >= maxDepth) return { path, message: `nests deeper than ${maxDepth} levels` };
    for (const [key, inner] of Object.entries(one)) {
      if (key.includes('\0')) return { path, message: 'must not have a name with the character NUL' };
      waiting.push({ value: inner, path: `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth: depth + 1 });
    }
  }
  return undefined;
}
