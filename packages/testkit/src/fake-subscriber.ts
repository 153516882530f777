import { Webhook } from 'standardwebhooks';
import { eventually } from './eventually.ts';
import { type HttpStub, type StubAnswer, startHttpStub } from './http-stub.ts';

/** An event as a subscriber gets it. */
export type ReceivedEvent = {
  event_id: string;
  event_type: string;
  workspace_id: string;
  agent_id: string | null;
  conversation_id: string | null;
  sequence: number;
  timestamp: string;
  payload: Record<string, unknown>;
};

export type Received = {
  event: ReceivedEvent;
  raw: string;
  headers: Record<string, string | undefined>;
  /** ms since 1970 by the stub's own clock. */
  at: number;
  /** Whether it was answered with a 2xx. */
  taken: boolean;
};

export type FakeSubscriber = AsyncDisposable & {
  url: string;
  received: Received[];
  /** From now on requests are answered so; without an argument as at first: 200. */
  respond(how?: StubAnswer | ((one: Received, nth: number) => StubAnswer | Promise<StubAnswer>)): void;
  /** Waits until so many requests have come and returns all of them. */
  count(atLeast: number, timeoutMs?: number): Promise<Received[]>;
};

/** A webhook endpoint that writes down everything it gets and answers as told. */
export async function startFakeSubscriber(): Promise<FakeSubscriber> {
  const received: Received[] = [];
  let respond: (one: Received, nth: number) => StubAnswer | Promise<StubAnswer> = () => ({});
  const stub: HttpStub = await startHttpStub(async ({ raw, headers, at }) => {
    const one: Received = { event: JSON.parse(raw) as ReceivedEvent, raw, headers, at, taken: false };
    const answer = await respond(one, received.push(one));
    one.taken = typeof answer === 'object' && (answer.status ?? 200) < 300;
    return answer;
  });
  return {
    url: `${stub.url}/hook`,
    received,
    respond: (how = {}) => {
      respond = typeof how === 'function' ? how : () => how;
    },
    count: async (atLeast, timeoutMs = 10_000) => {
      await eventually(
        () => received.length,
        (count) => count >= atLeast,
        { timeoutMs, what: `${atLeast} webhooks` },
      );
      return received;
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

/** Whether the official package takes it for signed with that secret. */
export function isSignedWith(secret: string, one: Received): boolean {
  try {
    new Webhook(secret).verify(one.raw, one.headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
