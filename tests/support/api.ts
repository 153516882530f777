/** Answers have many shapes, and a test reads what it expects; a field that is not there is undefined and fails its assertion. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Json = any;

export type Answer = { status: number; headers: Headers; body: Json };

export type CallOptions = {
  key?: string;
  /** Sent as JSON, a string as it stands. */
  body?: unknown;
  headers?: Record<string, string>;
};

/** One request; the answer's body is parsed where it says that it is JSON. */
export async function call(method: string, url: string, o: CallOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(o.key === undefined ? {} : { authorization: `Bearer ${o.key}` }),
      ...(o.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...o.headers,
    },
    ...(o.body === undefined ? {} : { body: typeof o.body === 'string' ? o.body : JSON.stringify(o.body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}

/** The body of an answer that had to be a 2xx. */
export async function must(method: string, url: string, o: CallOptions = {}): Promise<Json> {
  const { status, body } = await call(method, url, o);
  if (status < 200 || status > 299) throw new Error(`${method} ${new URL(url).pathname} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
