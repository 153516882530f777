import { BatonError } from '@baton/errors/baton-error.ts';

/** A customer's message as a program tells it. `id` takes the place of the provider's id: the same one twice is one message. */
export interface ToldMessage {
  channelAccountId: string;
  agentId: string;
  id: string;
  channel: string;
  /** The customer's address. */
  from: string;
  text: string;
  metadata: Record<string, string>;
}

export interface IngestClient {
  /** Resolves when JetStream has stored the message; from there it goes the way of every other. */
  append(message: ToldMessage): Promise<void>;
}

/** Longer than ingest itself waits for JetStream. */
const timeoutMs = 6000;

/** Talks to whichever instance answers, the next one first each time. Asking another one again is harmless: the message keeps its id. */
export function createIngestClient(o: { addresses: string[]; token: string }): IngestClient {
  let turn = 0;
  return {
    async append(message) {
      const first = turn++;
      let last: unknown;
      for (let nth = 0; nth < o.addresses.length; nth++) {
        const address = o.addresses[(first + nth) % o.addresses.length]!;
        try {
          const response = await post(address, o.token, message);
          if (response.status < 500 && response.status !== 429) return settle(response, message);
          last = new Error(`ingest answered ${response.status}`);
        } catch (error) {
          if (error instanceof BatonError) throw error;
          last = error;
        }
      }
      throw new BatonError('unavailable', 'The message could not be stored; send it again.', { retryAfterSeconds: 1, cause: last });
    },
  };
}

async function post(address: string, token: string, message: ToldMessage): Promise<{ status: number; body: { detail?: string } }> {
  const { channelAccountId, agentId, ...told } = message;
  const response = await fetch(`http://${address}/internal/channel-accounts/${channelAccountId}/agents/${agentId}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ type: 'message', ...told }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, body: (await response.json()) as { detail?: string } };
}

function settle({ status, body }: { status: number; body: { detail?: string } }, message: ToldMessage): void {
  if (status === 202) return;
  if (status === 404)
    throw new BatonError('channel_unavailable', `The channel account ${message.channelAccountId} is switched off or gone.`);
  if (status === 400) throw new BatonError('validation_error', body.detail ?? 'The message is not valid.');
  throw new BatonError('internal', 'ingest does not take messages from the gateway.', { cause: new Error(`ingest answered ${status}`) });
}
