import type { Input } from '@baton/sdk/operations.ts';

type Body = Input<'createAgent'>['body'];
type NewBackend = NonNullable<Body['backend']>;

interface Read {
  body: Body;
  /** Was made here: whoever runs the webhook has to be told of it. */
  secret: string | undefined;
}

interface About {
  /** Whether the webhook has one already, which stays where none is entered. */
  hasSecret: boolean;
  newSecret: () => string;
}

/** What was entered about an agent, as the API takes it; an empty field is `null` where there is a default. */
export function agentBody(data: FormData, about: About): Read {
  const secret =
    text(data, 'backend.kind') === 'webhook' && text(data, 'backend.secret') === '' && !about.hasSecret ? about.newSecret() : undefined;
  const shadow = text(data, 'shadow_backend.kind');
  const body: Body = {
    display_name: text(data, 'display_name'),
    language: text(data, 'language') || 'en',
    approval: text(data, 'approval') as NonNullable<Body['approval']>,
    handoff: text(data, 'handoff') as NonNullable<Body['handoff']>,
    burst: text(data, 'burst') as NonNullable<Body['burst']>,
    debounce_ms: number(data, 'debounce_ms') ?? 0,
    history_limit: number(data, 'history_limit') ?? 50,
    takeover_timeout_seconds: number(data, 'takeover_timeout_seconds'),
    silence_timeout_seconds: number(data, 'silence_timeout_seconds'),
    fallback_text: text(data, 'fallback_text') || null,
    backend: backendBody(data, 'backend', secret),
    shadow_backend: shadow === '' ? null : backendBody(data, 'shadow_backend', undefined),
  };
  return { body, secret };
}

/** What was entered into the fields of `BackendFields` whose names begin with `at`. */
export function backendBody(data: FormData, at: string, secret: string | undefined): NewBackend {
  const of = (name: string) => text(data, `${at}.${name}`);
  const kind = of('kind') as NewBackend['kind'];
  const timeout_ms = number(data, `${at}.timeout_ms`) ?? 30_000;
  if (kind === 'webhook') return { kind, timeout_ms, url: of('url'), ...maybe('secret', of('secret') || secret) };
  if (kind !== 'openai') return { kind };
  return {
    kind,
    timeout_ms,
    base_url: of('base_url'),
    model: of('model'),
    system_prompt: of('system_prompt'),
    temperature: number(data, `${at}.temperature`),
    max_output_tokens: number(data, `${at}.max_output_tokens`),
    history_tokens: number(data, `${at}.history_tokens`),
    stream: data.has(`${at}.stream`),
    handoff_tool: data.has(`${at}.handoff_tool`),
    image_urls: data.has(`${at}.image_urls`),
    ...maybe('api_key', of('api_key')),
  };
}

function maybe<K extends string>(name: K, value: string | undefined): { [name in K]?: string } {
  return (value ? { [name]: value } : {}) as { [name in K]?: string };
}

function text(data: FormData, name: string): string {
  return String(data.get(name) ?? '').trim();
}

function number(data: FormData, name: string): number | null {
  const given = text(data, name);
  return given === '' ? null : Number(given);
}
