import { eventually } from './eventually.ts';
import { type StubAnswer, type StubRequest, startHttpStub } from './http-stub.ts';
import { judgeMessenger, judgeTelegram } from './providers/inbox-rules.ts';
import { type Judged, judgeHttp, judgeMeta, judgeTwilio, type ProviderCredentials, type ProviderKind } from './providers/provider-rules.ts';

export type ProviderCall = {
  kind: ProviderKind;
  request: StubRequest;
  /** The fields that matter to a test, whatever the provider calls them. */
  to: string;
  from: string;
  text: string;
  /** Whether the provider took the message on; a refused or failed one has reached nobody. */
  accepted: boolean;
  /** An idempotent provider has this message already, so the call reaches nobody a second time. */
  repeat: boolean;
  /** The id the provider gave, when it took the message on. */
  providerMessageId: string | undefined;
  /** What was wrong with the request, when something was. */
  refusal: string | undefined;
  /** When the call began, and when its last byte had come, in ms since 1970. */
  at: number;
  wholeAt: number;
};

/** `accept-then-hang` and `accept-then-reset`: the message is on its way and the caller never learns it. */
export type ProviderAnswer = StubAnswer | 'accept' | 'accept-then-hang' | 'accept-then-reset' | { accept: true; delayMs: number };

export type FakeProvider = AsyncDisposable & {
  /** To be the account's `credentials.api_base` for twilio, meta and telegram. */
  url: string;
  /** To be the account's `outbound_url` for the `http` provider. */
  httpUrl: string;
  calls: ProviderCall[];
  /** The messages that the provider took on, in order. */
  accepted(): ProviderCall[];
  /** From now on rule-abiding requests are answered so; without an argument they are accepted. */
  respond(how?: ProviderAnswer | ((call: ProviderCall, nth: number) => ProviderAnswer | Promise<ProviderAnswer>)): void;
  /** Waits until `count` messages have been accepted and returns them. */
  waitForAccepted(count: number, timeoutMs?: number): Promise<ProviderCall[]>;
};

/**
 * The sending side of Twilio (Messages), Meta (WhatsApp Cloud, Messenger, Instagram), Telegram and the `http` provider on one address. It refuses what the real
 * ones refuse by their documents, with their codes, and writes down every call with its own clock.
 */
export async function startFakeProvider(credentials: ProviderCredentials = {}): Promise<FakeProvider> {
  const calls: ProviderCall[] = [];
  // `http` keeps one message per id, as its documentation asks of whoever stands behind it.
  const kept = new Set<string>();
  let respond: (call: ProviderCall, nth: number) => ProviderAnswer | Promise<ProviderAnswer> = () => 'accept';
  const stub = await startHttpStub(async (request) => {
    const judged = judge(request, credentials);
    if (!judged) return { status: 404, json: { error: 'no such resource' } };
    const call: ProviderCall = {
      kind: judged.kind,
      request,
      to: judged.to,
      from: judged.from,
      text: judged.text,
      accepted: false,
      repeat: false,
      providerMessageId: undefined,
      refusal: judged.refusal?.reason,
      at: request.at,
      wholeAt: request.wholeAt,
    };
    const nth = calls.push(call);
    if (judged.refusal) return { status: judged.refusal.status, json: judged.refusal.json };
    const answer = settle(call, judged, await respond(call, nth));
    if (call.kind === 'http' && call.accepted) {
      call.repeat = kept.has(call.providerMessageId ?? '');
      kept.add(call.providerMessageId ?? '');
    }
    return answer;
  });
  const accepted = (): ProviderCall[] => calls.filter((call) => call.accepted);
  return {
    url: stub.url,
    httpUrl: `${stub.url}/http`,
    calls,
    accepted,
    respond: (how = 'accept') => {
      respond = typeof how === 'function' ? how : () => how;
    },
    waitForAccepted: (count, timeoutMs = 10_000) =>
      eventually(accepted, (found) => found.length >= count, { timeoutMs, what: `${count} accepted messages` }),
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

function settle(call: ProviderCall, judged: Judged, answer: ProviderAnswer): StubAnswer {
  const accepts =
    answer === 'accept' ||
    answer === 'accept-then-hang' ||
    answer === 'accept-then-reset' ||
    (typeof answer === 'object' && 'accept' in answer);
  if (!accepts) return answer as StubAnswer;
  const { id, status, json } = judged.accept();
  call.accepted = true;
  call.providerMessageId = id;
  if (answer === 'accept-then-hang') return 'hang';
  if (answer === 'accept-then-reset') return 'reset';
  return { status, json, ...(typeof answer === 'object' ? { delayMs: answer.delayMs } : {}) };
}

function judge(request: StubRequest, credentials: ProviderCredentials): Judged | undefined {
  if (request.method !== 'POST') return undefined;
  const path = request.path.split('?')[0] ?? '';
  if (/^\/2010-04-01\/Accounts\/[^/]+\/Messages\.json$/.test(path)) return judgeTwilio(request, credentials);
  if (/^\/v\d+\.\d+\/[^/]+\/messages$/.test(path))
    return request.raw.includes('"messaging_product"') ? judgeMeta(request, credentials) : judgeMessenger(request, credentials);
  if (/^\/bot[^/]+\/send[A-Z][a-z]+$/.test(path)) return judgeTelegram(request, credentials);
  if (path === '/http') return judgeHttp(request, credentials);
  return undefined;
}
