import type { VerifyRefusal } from '@baton/channels/provider.ts';
import type { Provider } from '@baton/contracts/vocabulary.ts';
import type { ErrorCode } from '@baton/errors/codes.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { counter, duration, gauge } from '@baton/telemetry/metrics.ts';

const messages = counter('ingest_messages_total', 'Messages stored in JetStream before the provider heard 2xx');
const receipts = counter('ingest_receipts_total', 'Receipts stored in JetStream');
const ignoredItems = counter('ingest_ignored_total', 'Well-formed items that mean nothing here');
const refusals = counter('ingest_refusals_total', 'Requests refused, by the code of the answer');
const signatures = counter('ingest_signature_refusals_total', 'Requests whose signature was not believed, by reason');
const publishing = duration('ingest_publish_seconds', 'From handing an accepted request to JetStream until everything in it was stored');
const filesDropped = counter('ingest_files_dropped_total', 'Files of mails that were not kept because the store was full');
const simulated = counter('ingest_simulator_messages_total', 'Messages that reached a simulated phone');

export type Events = ReturnType<typeof ingestEvents>;

interface Where {
  provider: Provider;
  channelAccountId: string;
}

/** One helper per fact. Nothing here takes a text, an address or a name: only ids and counts can be logged. */
export function ingestEvents(logger: Logger) {
  return {
    accepted(at: Where, of: { messages: number; receipts: number; ignored: number; seconds: number }): void {
      const labels = { provider: at.provider };
      if (of.messages > 0) messages(of.messages, labels);
      if (of.receipts > 0) receipts(of.receipts, labels);
      if (of.ignored > 0) ignoredItems(of.ignored, labels);
      publishing(of.seconds, labels);
      if (logger.isLevelEnabled('debug')) logger.debug({ channel_account_id: at.channelAccountId, ...of }, 'accepted');
    },
    refused(code: ErrorCode, at: Where | undefined): void {
      refusals(1, { code, provider: at?.provider ?? 'none' });
      // Requests for accounts that do not exist are noise of the internet: counted, not logged.
      if (at) logger.info({ code, provider: at.provider, channel_account_id: at.channelAccountId }, 'request refused');
    },
    signatureRefused(reason: VerifyRefusal | 'handshake', at: Where): void {
      signatures(1, { reason, provider: at.provider });
      if (reason === 'no_secret')
        logger.error(
          { channel_account_id: at.channelAccountId },
          'the channel account has no usable secret: everything it gets is refused',
        );
    },
    notStored(at: Where, error: unknown): void {
      logger.warn(
        { err: error, channel_account_id: at.channelAccountId },
        'JetStream did not take the request; the provider was asked to repeat it',
      );
    },
    filesFull(channelAccountId: string, count: number): void {
      filesDropped(count);
      logger.error(
        { channel_account_id: channelAccountId, files: count },
        'the store for files is full: a mail was accepted without its files',
      );
    },
    sealedCredentials(channelAccountId: string, error: unknown): void {
      logger.error({ err: error, channel_account_id: channelAccountId }, 'the credentials of a channel account cannot be opened');
    },
    fault(error: unknown): void {
      logger.error({ err: error }, 'a request failed inside');
    },
    simulatorReached(channelAccountId: string): void {
      simulated();
      if (logger.isLevelEnabled('debug')) logger.debug({ channel_account_id: channelAccountId }, 'simulated phone reached');
    },
    simulatorReceiptLost(channelAccountId: string, error: unknown): void {
      logger.warn({ err: error, channel_account_id: channelAccountId }, 'a simulated receipt could not be stored');
    },
    connected(): void {
      logger.info('connected to NATS, streams declared');
    },
    waitingForStreams(error: unknown): void {
      logger.warn({ err: error }, 'the streams cannot be declared yet; trying again');
    },
  };
}

/** How much waits for JetStream right now. */
export function watchPending(read: () => number): void {
  gauge('ingest_pending_publications', 'Messages and receipts waiting for JetStream', read);
}
