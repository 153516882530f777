/** A call of the public API that answered other than 2xx. */
export class CallError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.name = 'CallError';
    this.status = status;
  }
}

/** Calls the public API as any client would. */
export async function call<T>(method: string, url: string, o: { key?: string; body?: unknown; idempotencyKey?: string } = {}): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(o.key ? { authorization: `Bearer ${o.key}` } : {}),
      ...(o.idempotencyKey ? { 'idempotency-key': o.idempotencyKey } : {}),
      ...(o.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(o.body === undefined ? {} : { body: JSON.stringify(o.body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (!response.ok)
    throw new CallError(`${method} ${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 500)}`, response.status);
  return (text === '' ? {} : JSON.parse(text)) as T;
}
