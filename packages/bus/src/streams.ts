import { eventSubjects, streams } from '@baton/contracts/subjects.ts';
import { DiscardPolicy, JetStreamApiError, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Bus } from './connect.ts';

export interface StreamSettings {
  replicas: number;
  /** Bytes; INBOUND refuses new messages beyond it (ingest then answers 503), it never drops old ones. */
  inboundMaxBytes: number;
  eventsMaxBytes: number;
}

/** A stream's limit is set aside at once: together they must stay below `max_file_store` of the server, which is 20 GiB in the launcher. */
export const defaultStreamSettings: StreamSettings = { replicas: 1, inboundMaxBytes: 6 * 1024 ** 3, eventsMaxBytes: 12 * 1024 ** 3 };

const hour = 3_600_000;

/**
 * So long the server drops what is published again under the same id. A convenience: who reads a stream knows what it has done already, and Postgres which message of a provider it
 * has. Every id costs some 235 bytes of the server's memory, one message makes five, and the server lets go of old ones only once they are two thirds of all: two
 * minutes of 400 messages a second are 60 to 170 MB, reached after six; ten minutes grew for thirty.
 */
const dedupWindowMs = 2 * 60_000;

/**
 * What may be lost is stated here: nothing of INBOUND, out of which conversation-state clears what it has taken; EVENTS after seven days (Postgres keeps the facts).
 */
function streamConfigs(s: StreamSettings, batches: boolean): (Partial<StreamConfig> & { name: string; subjects: string[] })[] {
  const common = {
    storage: StorageType.File,
    num_replicas: s.replicas,
    duplicate_window: nanos(dedupWindowMs),
    max_msg_size: 2 * 1024 ** 2,
    // A server that does not know the field would ignore it without a word.
    ...(batches && { allow_atomic: true }),
  };
  return [
    {
      ...common,
      name: streams.inbound,
      subjects: ['inbound.>'],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      max_bytes: s.inboundMaxBytes,
    },
    {
      ...common,
      name: streams.events,
      subjects: eventSubjects,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(7 * 24 * hour),
      max_bytes: s.eventsMaxBytes,
    },
  ];
}

export type StreamName = typeof streams.inbound | typeof streams.events;

/**
 * Creates the streams or brings them to these settings. Safe to call from every instance of every service at once. `only`: for a service that has no right
 * to the others.
 */
export async function declareStreams(bus: Bus, settings: StreamSettings, only?: StreamName): Promise<void> {
  const configs = streamConfigs(settings, bus.storesBatches());
  for (const config of configs.filter(({ name }) => only === undefined || name === only)) await ensureStream(bus, config);
}

// The server's codes. No room for its limit is asked before it is looked whether the stream is there already.
const existsOtherwise = 10058;
const noRoom = 10047;

/** Creates one stream, or updates what may be updated of an existing one. */
export async function ensureStream(bus: Bus, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  try {
    await bus.jsm.streams.add(config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || ![existsOtherwise, noRoom].includes(error.code)) throw error;
    await bus.jsm.streams.update(config.name, config).catch((refused: unknown) => {
      // With another configuration it says what of it cannot be changed.
      throw error.code === existsOtherwise ? refused : error;
    });
  }
}
