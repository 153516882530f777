import { adapters } from '@baton/channels/adapters.ts';
import { capabilitiesOf } from '@baton/channels/capabilities.ts';
import { type BuiltSend, classifyNetworkError, type SendAnswer } from '@baton/channels/provider.ts';
import type { DirectoryChannelAccount } from '@baton/contracts/directory.ts';
import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Egress } from '@baton/egress/egress.ts';
import { EgressError } from '@baton/egress/egress-error.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import type { Breakers } from '../domain/breaker.ts';
import type { Pacer } from '../domain/pacer.ts';
import type { Events } from '../events.ts';
import type { Secrets } from '../secrets.ts';
import { leaving } from './leaving.ts';
import type { Mailer } from './mail/mailer.ts';
import { sendMail } from './mail/send-mail.ts';

export interface ProviderDeps {
  secrets: Secrets;
  egress: Egress;
  breakers: Breakers;
  pacer: Pacer;
  events: Events;
  ingestUrl: string;
  serviceToken: string;
  sendTimeoutMs: number;
  mailer: Mailer;
}

/**
 * `surely_not_sent`: may wait for as long as it needs. `again`: the provider may have it, and a repeat under the same key is harmless.
 */
export type Asked =
  | Exclude<SendAnswer, { kind: 'retry' }>
  | { kind: 'surely_not_sent'; afterMs: number; reason: string; limited?: true }
  | { kind: 'again'; afterMs: number; reason: string };

/** A provider's answer is an id or an error. */
const maxAnswerBytes = 256 * 1024;

/** One request to the message's provider, and what it means. */
export async function askProvider(deps: ProviderDeps, message: OutboundMessage, entry: DirectoryChannelAccount): Promise<Asked> {
  const adapter = adapters[entry.provider];
  const can = capabilitiesOf(entry.provider, entry.channel);
  const built = build(deps, message, entry);
  if (built.kind === 'failed') return built;
  if (built.kind === 'stored') return { kind: 'sent', providerMessageId: built.providerMessageId };
  const askedMs = Date.now();
  const wait = deps.breakers.wait(entry.channel_account_id, askedMs);
  if (wait > 0) return { kind: 'surely_not_sent', afterMs: wait, reason: 'breaker_open' };
  const failed = () => deps.breakers.failed(entry.channel_account_id, { askedMs, nowMs: Date.now() });
  if (built.kind === 'mail') return askMailServer(deps, entry, { built, failed });
  const began = performance.now();
  try {
    killPoint('provider.before_call');
    const answer = await deps.egress.request({ ...built.request, timeoutMs: deps.sendTimeoutMs, maxBytes: maxAnswerBytes });
    killPoint('provider.after_call');
    deps.events.providerAnswered(entry.provider, (performance.now() - began) / 1000);
    const read = adapter.readSendAnswer(answer.status, answer.headers, answer.body.toString('utf8'), message.messageId);
    if (answer.status >= 500) failed();
    else deps.breakers.succeeded(entry.channel_account_id);
    if (read.kind !== 'retry') return read;
    const surely = !can.idempotentSend || answer.status === 429;
    const reason = `status_${answer.status}`;
    if (!surely) return { kind: 'again', afterMs: read.afterMs, reason };
    if (read.limited === undefined) return { kind: 'surely_not_sent', afterMs: read.afterMs, reason };
    deps.pacer.refused(leaving(message, entry), { scope: read.limited, afterMs: read.afterMs }, Date.now());
    return { kind: 'surely_not_sent', afterMs: read.afterMs, reason, limited: true };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    if (error.fault === 'refused') return { kind: 'failed', code: 'egress_refused', detail: error.message };
    failed();
    const read = classifyNetworkError(can, error.phase);
    if (read.kind !== 'retry') return read;
    return { kind: error.phase === 'before_request' ? 'surely_not_sent' : 'again', afterMs: read.afterMs, reason: error.fault };
  }
}

/** A mail server that takes no more for now says so with 4xx: like a provider that is away, it is left alone for a while. */
async function askMailServer(
  deps: ProviderDeps,
  entry: DirectoryChannelAccount,
  { built, failed }: { built: Extract<BuiltSend, { kind: 'mail' }>; failed(): void },
): Promise<Asked> {
  const began = performance.now();
  const answer = await sendMail(deps, entry.channel_account_id, built);
  deps.events.providerAnswered(entry.provider, (performance.now() - began) / 1000);
  if (answer.kind === 'retry' && !answer.reason.startsWith('attachment')) failed();
  else deps.breakers.succeeded(entry.channel_account_id);
  return answer.kind === 'retry' ? { kind: 'surely_not_sent', afterMs: answer.afterMs, reason: answer.reason } : answer;
}

function build(deps: ProviderDeps, message: OutboundMessage, entry: DirectoryChannelAccount) {
  try {
    const account = deps.secrets.account(entry);
    const context = { ingestUrl: deps.ingestUrl, serviceToken: deps.serviceToken, now: new Date() };
    return adapters[entry.provider].buildSend(message, account, context);
  } catch (error) {
    const detail = error instanceof BatonError ? error.detail : 'the credentials of the channel account cannot be read';
    return { kind: 'failed', code: error instanceof BatonError ? error.code : 'channel_misconfigured', detail } as const;
  }
}
