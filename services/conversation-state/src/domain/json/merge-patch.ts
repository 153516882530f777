import type { JsonObject, JsonValue } from '../rows.ts';

/** JSON Merge Patch (RFC 7396): objects are merged, level by level, null takes a key away, anything else replaces. */
export function mergePatch(present: JsonObject, patch: JsonObject): JsonObject {
  // In a map a key named `__proto__` is a key like any other.
  const merged = new Map(Object.entries(present));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (isObject(value)) merged.set(key, mergePatch(objectOr(merged.get(key)), value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function objectOr(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
