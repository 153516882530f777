import { Webhook } from 'standardwebhooks';
import { eventually } from './eventually.ts';
import { type HttpStub, type StubAnswer, startHttpStub } from './http-stub.ts';

/** The body of a turn, as `POST`ed to an AI backend. */
export type TurnRequest = {
  dispatch_id: string;
  conversation_id: string;
  agent_id: string;
  channel: string;
  mode_epoch: number;
  contact: Record<string, unknown>;
  messages: { message_id: string; role: 'user' | 'assistant' | 'operator' | 'system'; text: string; created_at: string }[];
  new_message_ids: string[];
  deadline: string;
};

export type AiCall = {
  turn: TurnRequest;
  headers: Record<string, string | undefined>;
  /** Undefined when no secret was given to the stub; else whether the Standard Webhooks signature is right. */
  signed: boolean | undefined;
  /** ms since 1970 by the stub's own clock. */
  at: number;
  /** Set when the caller cut the connection before the answer was sent. */
  abandonedAt: number | undefined;
};

export type FakeAi = AsyncDisposable & {
  url: string;
  calls: AiCall[];
  /** From now on calls are answered so; without an argument as at first: the last customer's text with `You said: ` before it. */
  respond(how?: StubAnswer | ((call: AiCall, nth: number) => StubAnswer | Promise<StubAnswer>)): void;
  /** Waits for the nth call (from 1) and returns it. */
  call(nth: number, timeoutMs?: number): Promise<AiCall>;
};

/** An AI backend that speaks the webhook contract, does what it is told, and writes down every call. A wrongly signed one gets 401. */
export async function startFakeAi(o: { secret?: string } = {}): Promise<FakeAi> {
  const calls: AiCall[] = [];
  let respond: (call: AiCall, nth: number) => StubAnswer | Promise<StubAnswer> = parrot;
  const verifier = o.secret === undefined ? undefined : new Webhook(o.secret);
  const stub: HttpStub = await startHttpStub(async (request, gone) => {
    const call: AiCall = {
      turn: JSON.parse(request.raw) as TurnRequest,
      headers: request.headers,
      signed: verifier ? isSigned(verifier, request) : undefined,
      at: request.at,
      abandonedAt: undefined,
    };
    gone.addEventListener('abort', () => {
      call.abandonedAt = Date.now();
    });
    const nth = calls.push(call);
    if (call.signed === false) return { status: 401, json: { error: 'bad signature' } };
    return respond(call, nth);
  });
  return {
    url: `${stub.url}/turn`,
    calls,
    respond: (how = parrot) => {
      respond = typeof how === 'function' ? how : () => how;
    },
    call: async (nth, timeoutMs = 10_000) => {
      await eventually(
        () => calls.length,
        (count) => count >= nth,
        { timeoutMs, what: `AI call number ${nth}` },
      );
      return calls[nth - 1] as AiCall;
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

function parrot({ turn }: AiCall): StubAnswer {
  return { json: { text: `You said: ${turn.messages.findLast(({ role }) => role === 'user')?.text ?? ''}` } };
}

function isSigned(verifier: Webhook, request: { raw: string; headers: Record<string, string | undefined> }): boolean {
  try {
    verifier.verify(request.raw, request.headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
