/**
 * On every answer of every server: what it is must not be guessed, it runs nothing, stands in no frame, gives no address away, and no foreign page may embed
 * it. A route that serves something for browsers (the reference, a widget) sets its own over them.
 */
const securityHeaders: Readonly<Record<string, string>> = Object.freeze({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
});

const overTls: Readonly<Record<string, string>> = Object.freeze({ ...securityHeaders, 'strict-transport-security': 'max-age=31536000' });

/** With HSTS only where the caller came over TLS: a browser ignores it elsewhere, and an installation without TLS must not promise it. */
export function securityHeadersFor(protocol: string): Readonly<Record<string, string>> {
  return protocol === 'https' ? overTls : securityHeaders;
}
