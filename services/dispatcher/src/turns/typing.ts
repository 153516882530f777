import { setTimeout as delay } from 'node:timers/promises';
import { adapters } from '@baton/channels/adapters.ts';
import { capabilitiesOf } from '@baton/channels/capabilities.ts';
import type { SendRequest } from '@baton/channels/provider.ts';
import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Channel } from '@baton/contracts/vocabulary.ts';
import type { Directory } from '@baton/directory/watch.ts';
import type { Egress } from '@baton/egress/egress.ts';
import type { Events } from '../events.ts';
import type { Secrets } from '../secrets.ts';

export interface TypingDeps {
  directory: Pick<Directory, 'channelAccount'>;
  secrets: Pick<Secrets, 'account'>;
  egress: Egress;
  events: Events;
}

/** An AI that answers sooner needs no sign. */
const firstAfterMs = 500;
const timeoutMs = 5000;

/**
 * Shows the customer that somebody writes, for as long as the AI does; ended by `dispose` (there is an answer) and by `signal` (a person has taken over, so
 * nobody writes any more). A sign that fails is counted, and is this turn's last.
 */
export function showTyping(deps: TypingDeps, turn: Turn, signal: AbortSignal): Disposable {
  const sign = signFor(deps, turn);
  if (!sign || signal.aborted) return { [Symbol.dispose]() {} };
  const over = new AbortController();
  const end = () => over.abort();
  signal.addEventListener('abort', end, { once: true });
  void repeat(deps, sign, over.signal);
  return {
    [Symbol.dispose]() {
      signal.removeEventListener('abort', end);
      end();
    },
  };
}

interface Sign {
  provider: string;
  request: SendRequest;
  everyMs: number;
}

async function repeat(deps: TypingDeps, { provider, request, everyMs }: Sign, over: AbortSignal): Promise<void> {
  const outcome = (result: 'ok' | 'failed') => deps.events.typingShown({ provider, result });
  try {
    await delay(firstAfterMs, undefined, { signal: over });
    for (;;) {
      const { status } = await deps.egress.request({ ...request, timeoutMs, maxBytes: 65_536, truncate: true, signal: over });
      outcome(status < 300 ? 'ok' : 'failed');
      if (status >= 300) return;
      await delay(everyMs, undefined, { signal: over });
    }
  } catch {
    if (!over.aborted) outcome('failed');
  }
}

/** undefined: the channel has no sign, or it cannot be made. */
function signFor(deps: TypingDeps, turn: Turn): Sign | undefined {
  const entry = turn.typing && deps.directory.channelAccount(turn.channelAccountId);
  if (!turn.typing || !entry?.enabled) return undefined;
  const channel = turn.channel as Channel;
  const seconds = capabilitiesOf(entry.provider, channel).typingSeconds;
  if (seconds === null) return undefined;
  const { from, to, inboundId, metadata } = turn.typing;
  try {
    const request = adapters[entry.provider].buildTyping?.(
      { channel, from, to, inboundId, metadata: metadata ?? {} },
      deps.secrets.account(entry),
    );
    // Somewhat before the last one fades.
    return request && { provider: entry.provider, request, everyMs: seconds * 800 };
  } catch {
    // Credentials that cannot be read fail the reply, which says so.
    return undefined;
  }
}
