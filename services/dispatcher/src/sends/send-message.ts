import { randomUUID } from 'node:crypto';
import { done, type Outcome, retry } from '@baton/bus/settle.ts';
import { capabilitiesOf } from '@baton/channels/capabilities.ts';
import { type ClaimSendResult, type OutboundMessage, RecordSend } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Directory } from '@baton/directory/watch.ts';
import type { Bulkhead } from '../domain/bulkhead.ts';
import { settleDoubt } from '../domain/in-doubt.ts';
import type { Leaving } from '../domain/pacer.ts';
import { redeliverIn, requeueIn } from '../domain/retry-schedule.ts';
import type { InHand } from '../in-hand.ts';
import type { Insist } from '../insist.ts';
import { soon } from '../soon.ts';
import type { TurnClient } from '../turn-client.ts';
import { type Asked, askProvider, type ProviderDeps } from './ask-provider.ts';
import { leaving } from './leaving.ts';

export interface SendDeps extends ProviderDeps {
  client: Pick<TurnClient, 'claimSend' | 'recordSend'>;
  directory: Pick<Directory, 'channelAccount'>;
  bulkhead: Bulkhead;
  inHand: InHand;
  insist: Insist;
}

/** "This message may go out": from a send.ready, or after a turn whose sender is gone. */
export interface SendSignal {
  workspaceId: string;
  conversationId: string;
  messageId: string;
  /** Where it would go out; undefined: to be learned from the claim. */
  channelAccountId: string | undefined;
  deliveries: number;
  redelivered: boolean;
  /** It was sent away before, and this is its turn. */
  waited: boolean;
}

/** A claim that is older when the provider is about to be asked is given back: after 10 s without a sign of life its signal goes to another instance. */
const freshForMs = 9_000;

const longestSignalMs = 5000;

type Ask = (insteadOfClaim: number) => Promise<ClaimSendResult & { askedAt: number }>;

/** `again`: the provider may have it from an earlier attempt. */
interface Claimed {
  message: OutboundMessage;
  askedAt: number;
  again: boolean;
}

/** Claim, send, record. The claim is the point of no return, and conversation-state alone grants it. */
export function sendMessage(deps: SendDeps, signal: SendSignal): Promise<Outcome> {
  return deps.inHand.run(signal.messageId, () => send(deps, signal));
}

/** The rest of the way for a message that was claimed in the moment it was accepted; `askedAt`: when that was asked for. */
export function deliverClaimed(deps: SendDeps, message: OutboundMessage, askedAt: number): Promise<Outcome> {
  const { workspaceId, conversationId, messageId, channelAccountId } = message;
  return deliver(
    deps,
    { workspaceId, conversationId, messageId, channelAccountId, deliveries: 1, redelivered: false, waited: false },
    { message, askedAt, again: false },
  );
}

/** A message is better left unclaimed than claimed for an account that is slow or in trouble: claims are counted. */
async function send(deps: SendDeps, signal: SendSignal): Promise<Outcome> {
  const account = signal.channelAccountId;
  if (account === undefined) return claimAndSend(deps, signal);
  const pause = deps.breakers.pause(account, Date.now());
  // Not all at the moment when one tries: they would claim, and find out after that.
  if (pause > 0) return putBack(deps, signal, Math.round(pause * (1 + Math.random() / 4)), 'breaker_open');
  const place = deps.bulkhead.enter(account, Date.now());
  if (!place) return putBack(deps, signal, redeliverIn(signal.deliveries, Math.random()), 'account_slow');
  try {
    const entry = deps.directory.channelAccount(account);
    const paced = entry && leaving(signal, entry, signal.waited || signal.deliveries > 1);
    const wait = paced ? deps.pacer.wait(paced, Date.now()) : 0;
    return await (wait > 0 ? takeTurnLater(deps, signal, wait) : claimAndSend(deps, signal, paced));
  } finally {
    deps.bulkhead.leave(account, place);
  }
}

/** `paced`: counted as going out. */
async function claimAndSend(deps: SendDeps, signal: SendSignal, paced?: Leaving): Promise<Outcome> {
  const { workspaceId, conversationId, messageId, redelivered } = signal;
  // One claimant for as long as this attempt asks: an answer lost on the way is given again instead of leaving the message in doubt.
  const claimant = randomUUID();
  const ask: Ask = (insteadOfClaim) =>
    deps.insist(async () => {
      const askedAt = performance.now();
      return {
        ...(await deps.client.claimSend({ workspaceId, conversationId, messageId, redelivered, claimant, insteadOfClaim })),
        askedAt,
      };
    });
  const { kind, message, askedAt } = await ask(0);
  switch (kind) {
    case 'claimed':
      return deliver(deps, signal, { message: required(message), askedAt, again: false });
    case 'in_doubt':
      return resolveDoubt(deps, signal, required(message), ask);
    case 'cancelled':
    case 'settled':
    case 'waits':
    case 'not_found':
      if (paced) deps.pacer.stayed(paced, Date.now());
      deps.events.sendEnded({ messageId, conversationId, provider: 'none', outcome: kind });
      return done;
    default:
      throw new Error(`ClaimSend was answered by "${kind}".`);
  }
}

async function resolveDoubt(deps: SendDeps, signal: SendSignal, message: OutboundMessage, ask: Ask): Promise<Outcome> {
  const entry = deps.directory.channelAccount(message.channelAccountId);
  const verdict = settleDoubt({
    redelivered: signal.redelivered,
    idempotentSend: entry !== undefined && capabilitiesOf(entry.provider, entry.channel).idempotentSend,
    stale: message.stale,
    deliveries: signal.deliveries,
  });
  switch (verdict) {
    case 'wait':
      // The next delivery counts as redelivered: by then whoever may be sending it at this moment has had an answer or given up.
      return putBack(deps, signal, deps.sendTimeoutMs + 1000, 'in_doubt');
    case 'send_again': {
      const again = await ask(message.claim);
      if (again.kind === 'claimed') return deliver(deps, signal, { message: required(again.message), askedAt: again.askedAt, again: true });
      // Settled meanwhile, or a person took over, or another instance was quicker: the next delivery finds out which.
      return putBack(deps, signal, redeliverIn(signal.deliveries, Math.random()), 'in_doubt');
    }
    case 'unknown':
      return record(deps, message, entry?.provider ?? 'none', {
        kind: 'unknown',
        detail: 'the instance that sent it did not report; the provider may have it',
      });
    default:
      return verdict satisfies never;
  }
}

async function deliver(deps: SendDeps, signal: SendSignal, { message, askedAt, again }: Claimed): Promise<Outcome> {
  const look = () => deps.directory.channelAccount(message.channelAccountId);
  const entry = look() ?? (await soon(look));
  if (!entry?.enabled)
    return record(deps, message, entry?.provider ?? 'none', {
      kind: 'failed',
      code: 'channel_unavailable',
      detail: entry ? 'the channel account is disabled' : 'the channel account is not in the directory',
    });
  // Frozen since: by now others may have given this attempt up for lost and gone on with the next message, or a person may have taken over.
  const isLate = performance.now() - askedAt > freshForMs;
  const asked = isLate ? ({ kind: 'surely_not_sent', afterMs: 0, reason: 'woke_late' } as const) : await askProvider(deps, message, entry);
  // Left claimed on purpose: the next delivery asks conversation-state again, which says whether a person took over meanwhile. That this attempt surely
  // failed says nothing of the one before it.
  if (asked.kind === 'again' || (again && asked.kind === 'surely_not_sent'))
    return putBack(deps, signal, Math.max(asked.afterMs, redeliverIn(signal.deliveries, Math.random())), asked.reason);
  return record(deps, message, entry.provider, asked);
}

async function record(
  deps: SendDeps,
  message: OutboundMessage,
  provider: string,
  asked: Exclude<Asked, { kind: 'again' }>,
): Promise<Outcome> {
  const result = toRecord(message, asked);
  await deps.insist(() => deps.client.recordSend(result));
  const { messageId, conversationId } = message;
  deps.events.sendEnded({
    messageId,
    conversationId,
    provider,
    outcome: result.outcome,
    ...(result.errorCode && { code: result.errorCode }),
  });
  return done;
}

function toRecord(message: OutboundMessage, asked: Exclude<Asked, { kind: 'again' }>): RecordSend {
  const base: RecordSend = {
    workspaceId: message.workspaceId,
    conversationId: message.conversationId,
    messageId: message.messageId,
    claim: message.claim,
    outcome: '',
    providerMessageId: '',
    errorCode: '',
    errorDetail: '',
    retryAfterMs: 0,
    occurredAt: new Date(),
  };
  switch (asked.kind) {
    case 'sent':
      return { ...base, outcome: 'sent', providerMessageId: asked.providerMessageId };
    case 'failed':
      return { ...base, outcome: 'failed', errorCode: asked.code, errorDetail: asked.detail };
    case 'unknown':
      return { ...base, outcome: 'unknown', errorCode: 'no_answer', errorDetail: asked.detail };
    case 'surely_not_sent':
      return {
        ...base,
        outcome: 'requeue',
        errorCode: asked.limited ? 'rate_limited' : 'not_sent',
        errorDetail: asked.reason,
        retryAfterMs: requeueIn(message.claim, asked.afterMs, Math.random()),
      };
    default:
      return asked satisfies never;
  }
}

/** A short wait is one of the signal. A long one is a timer in Postgres: signals that wait here count against those of all accounts. */
async function takeTurnLater(deps: SendDeps, signal: SendSignal, waitMs: number): Promise<Outcome> {
  if (waitMs <= longestSignalMs) return putBack(deps, signal, waitMs, 'paced');
  const { workspaceId, conversationId, messageId } = signal;
  const put = { workspaceId, conversationId, messageId, outcome: 'postpone', retryAfterMs: Math.ceil(waitMs) };
  await deps.insist(() => deps.client.recordSend(RecordSend.fromPartial(put)));
  deps.events.signalRetried({ kind: 'send', id: messageId, reason: 'paced' });
  return done;
}

function required(message: OutboundMessage | undefined): OutboundMessage {
  if (!message) throw new Error('ClaimSend was answered without the message.');
  return message;
}

function putBack(deps: SendDeps, signal: SendSignal, delayMs: number, reason: string): Outcome {
  deps.events.signalRetried({ kind: 'send', id: signal.messageId, reason });
  return retry(delayMs, reason);
}
