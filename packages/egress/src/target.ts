import { EgressError } from './egress-error.ts';

/** Where a URL leads, or why it can never be asked. */
export function parseTarget(text: string): URL | EgressError {
  // The URL parser also turns `http://2130706433`, `http://0x7f.1` and `http://0177.0.0.1` into the address they mean.
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return new EgressError('refused', 'before_request', 'the URL must begin with http:// or https://');
  if (url.username || url.password)
    return new EgressError('refused', 'before_request', 'the URL must not contain a user name or a password');
  return url;
}

/** Codes such as ECONNREFUSED; messages of the network layer can hold addresses, so only the code goes on. */
export function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (error instanceof AggregateError) return code ?? describe(error.errors[0]);
  return code ?? (error instanceof Error ? error.message : 'the connection failed');
}
