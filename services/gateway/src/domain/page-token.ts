import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const macBytes = 16;
/** A first letter that is none of base64url's signs: exports give tokens in CSV, where a minus in front is a formula and is escaped. */
const prefix = 'p';

/** Where a token counts: one list of one workspace, filtered in one way. */
export interface TokenScope {
  workspaceId: string;
  route: string;
  filters: string;
}

/** The key that signs page tokens, from one entry of the installation's secret keys (32 bytes). */
export function pageTokenKey(secret: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'baton page token', 32));
}

/** A cursor as an opaque token that only counts in this scope. `keys`: the first signs. */
export function signPageToken(keys: Buffer[], scope: TokenScope, cursor: string): string {
  return prefix + Buffer.concat([mac(keys[0]!, scope, cursor), Buffer.from(cursor)]).toString('base64url');
}

/** The cursor inside a token, or undefined when it was not made here for this scope. */
export function openPageToken(keys: Buffer[], scope: TokenScope, token: string): string | undefined {
  if (!token.startsWith(prefix)) return undefined;
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  if (bytes.length <= macBytes) return undefined;
  const cursor = bytes.subarray(macBytes).toString('utf8');
  const given = bytes.subarray(0, macBytes);
  return keys.some((key) => timingSafeEqual(given, mac(key, scope, cursor))) ? cursor : undefined;
}

function mac(key: Buffer, scope: TokenScope, cursor: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([scope.workspaceId, scope.route, scope.filters, cursor]))
    .digest()
    .subarray(0, macBytes);
}
