import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** One file of one message; `index` counts from 0. */
export interface AttachmentName {
  workspaceId: string;
  messageId: string;
  index: number;
}

/**
 * Addresses at the gateway that anybody can open for a while: for browsers, which send no key with an image, and for AI backends. Whoever holds one sees this one
 * file and nothing else. They are signed, not stored, so they are never revoked: make them short-lived.
 */
export class AttachmentLinks {
  readonly #keys: Buffer[];
  readonly #gatewayUrl: string;

  /** `secretKeys`: `<id>:<base64>` each, the signing one first; the others still open. `gatewayUrl`: as the outside world reaches it, without a slash at the end. */
  constructor(secretKeys: string[], gatewayUrl: string) {
    this.#keys = secretKeys.map((entry) =>
      Buffer.from(hkdfSync('sha256', Buffer.from(entry.slice(entry.indexOf(':') + 1), 'base64'), '', 'baton attachment link', 32)),
    );
    this.#gatewayUrl = gatewayUrl;
  }

  /** Opens until `expires`, to the second. */
  url({ workspaceId, messageId, index }: AttachmentName, expires: Date): string {
    const claim = `${messageId}.${index}.${workspaceId}.${Math.floor(expires.getTime() / 1000)}`;
    return `${this.#gatewayUrl}/attachments/${claim}.${mac(this.#keys[0]!, claim).toString('base64url')}`;
  }

  /** What the last part of such an address names; undefined: it was not made here, or its time is over. */
  open(token: string, now: Date): AttachmentName | undefined {
    const [messageId = '', index = '', workspaceId = '', expires = '', given = ''] = token.split('.');
    const claim = `${messageId}.${index}.${workspaceId}.${expires}`;
    if (!this.#keys.some((key) => same(Buffer.from(given, 'base64url'), mac(key, claim))) || Number(expires) * 1000 <= now.getTime())
      return undefined;
    return { workspaceId, messageId, index: Number(index) };
  }
}

function mac(key: Buffer, claim: string): Buffer {
  return createHmac('sha256', key).update(claim).digest().subarray(0, 16);
}

function same(given: Buffer, right: Buffer): boolean {
  return given.length === right.length && timingSafeEqual(given, right);
}
