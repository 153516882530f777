import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const macBytes = 16;

/** The key that signs page tokens, from one entry of the installation's secret keys (32 bytes). */
export function pageTokenKey(secret: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'baton page token', 32));
}

/** A cursor as an opaque token that only counts in this workspace and on this route. `keys`: the first signs. */
export function signPageToken(keys: Buffer[], scope: { workspaceId: string; route: string }, cursor: string): string {
  return Buffer.concat([mac(keys[0]!, scope, cursor), Buffer.from(cursor)]).toString('base64url');
}

/** The cursor inside a token, or undefined when it was not made here for this workspace and route. */
export function openPageToken(keys: Buffer[], scope: { workspaceId: string; route: string }, token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= macBytes) return undefined;
  const cursor = bytes.subarray(macBytes).toString('utf8');
  const given = bytes.subarray(0, macBytes);
  return keys.some((key) => timingSafeEqual(given, mac(key, scope, cursor))) ? cursor : undefined;
}

function mac(key: Buffer, scope: { workspaceId: string; route: string }, cursor: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([scope.workspaceId, scope.route, cursor]))
    .digest()
    .subarray(0, macBytes);
}
