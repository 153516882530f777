import type { Bus } from '@baton/bus/connect.ts';
import type { InboundFile } from '@baton/channels/provider.ts';
import { fileName, filesBucket } from '@baton/contracts/files.ts';
import { JetStreamApiError, StorageType } from '@nats-io/jetstream';
import { type ObjectResult, type ObjectStore, Objm } from '@nats-io/obj';
import { nanos } from '@nats-io/transport-node';

export interface FileSettings {
  replicas: number;
  maxBytes: number;
  days: number;
}

/** Files that came as bytes, kept in NATS beside the messages that name them: what is accepted is safe before the provider hears 2xx, whoever else is down. */
export interface Files {
  /** Resolves when all are stored; rejects when that is not certain, and a repeat is then harmless: the same files have the same names. */
  keep(channelAccountId: string, files: InboundFile[]): Promise<void>;
  find(channelAccountId: string, fileId: string): Promise<ObjectResult | undefined>;
}

/** The store is made when the first file comes: who gets no mails has none. */
export function openFiles(bus: Bus, o: FileSettings): Files {
  let open: Promise<ObjectStore> | undefined;
  const store = (): Promise<ObjectStore> => {
    open ??= new Objm(bus.js)
      .create(filesBucket, { storage: StorageType.File, replicas: o.replicas, max_bytes: o.maxBytes, ttl: nanos(o.days * 86_400_000) })
      .catch((error: unknown) => {
        open = undefined;
        throw error;
      });
    return open;
  };
  return {
    async keep(channelAccountId, files) {
      if (files.length === 0) return;
      const into = await store();
      for (const file of files) {
        const name = fileName(channelAccountId, file.id);
        if (await into.info(name)) continue;
        await into.putBlob({ name, metadata: { content_type: file.contentType, file_name: file.name } }, file.bytes);
      }
    },
    async find(channelAccountId, fileId) {
      const found = await (await store()).get(fileName(channelAccountId, fileId));
      return found && !found.info.deleted ? found : undefined;
    },
  };
}

/** Whether the store has no room for another file: a mail without its files is better than no mail. */
export function isFull(error: unknown): boolean {
  return (
    (error instanceof JetStreamApiError && error.code === 10077) ||
    (error instanceof Error && /maximum bytes exceeded|insufficient/.test(error.message))
  );
}
