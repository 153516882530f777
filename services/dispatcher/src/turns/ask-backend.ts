import type { DirectoryAgent } from '@baton/contracts/directory.ts';
import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Egress } from '@baton/egress/egress.ts';
import type { AttachmentLinks } from '@baton/runtime/attachment-links.ts';
import type { Breakers } from '../domain/breaker.ts';
import { echoReply } from '../domain/turn/echo.ts';
import { withReachableFiles } from '../domain/turn/reachable-files.ts';
import type { Events } from '../events.ts';
import type { Secrets } from '../secrets.ts';
import { openAiAttempts } from './call-openai.ts';
import { type Purpose, webhookAttempts } from './call-webhook.ts';
import { type Answered, type Attempted, insistOnAnswer } from './insist-on-answer.ts';

export interface BackendDeps {
  egress: Egress;
  secrets: Pick<Secrets, 'backendKey' | 'backendSecret'>;
  breakers: Breakers;
  events: Events;
  attachmentLinks: AttachmentLinks;
}

export interface Asking {
  turn: Turn;
  /** The trace this turn belongs to, where no tracer writes it by itself. */
  traceparent: string | undefined;
  signal: AbortSignal;
  /** Not for the customer: said to webhooks, so that they can leave out what has effects. */
  purpose?: Purpose;
  /** When it was asked, where that is past. */
  now?: Date | undefined;
}

/** Puts a turn to an agent's AI, whatever kind it is of, until there is an answer or none can come. Decides nothing and stores nothing. */
export async function askBackend(deps: BackendDeps, agent: DirectoryAgent, o: Asking): Promise<Answered> {
  const { kind, timeout_ms: timeoutMs } = agent.backend;
  if (o.signal.aborted) return { result: { kind: 'cut_off' }, attempts: 0, usage: undefined };
  if (kind === 'echo') return { result: { kind: 'reply', reply: echoReply(o.turn) }, attempts: 1, usage: undefined };
  if (kind === 'none') return failed('the agent has no AI backend');
  let ask: (timeoutMs: number) => Promise<Attempted>;
  try {
    // Files of a made-up turn are nobody's: they stand where they were said to.
    const reachable = (link: Parameters<typeof withReachableFiles>[2]) =>
      o.purpose === 'test' ? o.turn : withReachableFiles(o.turn, Date.now(), link);
    const turn = reachable((file, expires) => deps.attachmentLinks.url({ workspaceId: agent.workspace_id, ...file }, expires));
    ask = attempts(deps, agent, { ...o, turn });
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'the secret of the backend cannot be opened');
  }
  return insistOnAnswer(deps, { turn: o.turn, timeoutMs, signal: o.signal }, ask);
}

/** Throws, with what to say about it, when the backend cannot be asked at all. */
function attempts(deps: BackendDeps, agent: DirectoryAgent, o: Asking): (timeoutMs: number) => Promise<Attempted> {
  const { kind, url, openai } = agent.backend;
  if (kind === 'webhook') {
    if (!url) throw new Error('the webhook backend has no URL');
    return webhookAttempts(deps.egress, { ...o, url, key: deps.secrets.backendKey(agent) });
  }
  if (!url || !openai) throw new Error('the openai backend has no base_url or model');
  return openAiAttempts(deps.egress, { ...o, baseUrl: url, apiKey: deps.secrets.backendSecret(agent), settings: openai, persona: agent });
}

export function failed(error: string): Answered {
  return { result: { kind: 'failed', error }, attempts: 0, usage: undefined };
}
