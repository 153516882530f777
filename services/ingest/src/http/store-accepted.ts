import type { Parsed } from '@baton/channels/provider.ts';
import type { Provider } from '@baton/contracts/vocabulary.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Events } from '../events.ts';
import { type Files, isFull } from '../files.ts';
import type { Publisher } from '../publisher.ts';

/** Returns when JetStream has all of it; only then may a 2xx go out. */
export async function storeAccepted(
  deps: { publisher: Publisher; files?: Files; events: Events },
  at: { provider: Provider; channelAccountId: string },
  parsed: Parsed,
): Promise<void> {
  const began = performance.now();
  try {
    if (parsed.files && deps.files) await keepFiles(deps.files, at, { parsed, events: deps.events });
    await deps.publisher.store(parsed);
  } catch (error) {
    if (error instanceof BatonError) throw error;
    // A time-out means unknown. Either way the repeat has the same ids, so what was stored is not stored again.
    deps.events.notStored(at, error);
    throw new BatonError('unavailable', 'The message could not be stored; send it again.', { retryAfterSeconds: 1, cause: error });
  }
  deps.events.accepted(at, {
    messages: parsed.messages.length,
    receipts: parsed.receipts.length,
    ignored: parsed.ignored,
    seconds: (performance.now() - began) / 1000,
  });
}

/** Files before the messages that name them. */
async function keepFiles(files: Files, at: { channelAccountId: string }, of: { parsed: Parsed; events: Events }): Promise<void> {
  const { parsed, events } = of;
  try {
    await files.keep(at.channelAccountId, parsed.files ?? []);
  } catch (error) {
    if (!isFull(error)) throw error;
    events.filesFull(at.channelAccountId, parsed.files?.length ?? 0);
    for (const message of parsed.messages) {
      message.metadata = { ...message.metadata, attachments_dropped: message.attachments.length };
      message.attachments = [];
    }
  }
}
