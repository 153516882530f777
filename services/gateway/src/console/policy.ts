/**
 * What the console's page may do: run its own files, ask this installation, show pictures. `ingestOrigin`: where simulated phones write, and only where there are
 * any. The nonce is for the style elements that dialogs write to hold the page still.
 */
export function consolePolicy(o: { nonce: string; ingestOrigin: string | undefined }): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${o.nonce}'`,
    "img-src 'self' data: https:",
    "media-src 'self' https:",
    "font-src 'self'",
    `connect-src 'self'${o.ingestOrigin === undefined ? '' : ` ${o.ingestOrigin}`}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
