import { JetStreamApiError } from '@nats-io/jetstream';
import type { Bus } from './connect.ts';
import { type Publication, publish } from './publish.ts';
import { maxBatch, minBatch, publishBatch } from './publish-batch.ts';

interface Waiting {
  publication: Publication;
  timeoutMs: number;
  resolve(): void;
  reject(error: unknown): void;
}

const maxBytes = 1024 ** 2;

/**
 * Publishing from many callers at once into one stream: what arrives while the disk is being synced for others travels together and, when it is enough to be worth a
 * batch, is synced once. A lone message leaves at once. On a server that stores no batches every message goes by itself. Order of calls is order in the stream.
 */
export class Gathering {
  readonly #bus: Bus;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Resolves when the message is stored; rejects as `publish` does. All messages must belong to the same stream. */
  async publish(publication: Publication, timeoutMs = 5000): Promise<void> {
    if (!this.#bus.storesBatches()) {
      await publish(this.#bus, publication, timeoutMs);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ publication, timeoutMs, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // What one turn of the event loop brings goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#store(this.#take());
    this.#running = false;
  }

  #take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { publication } of this.#waiting) {
      bytes += publication.data.length;
      if (count > 0 && (bytes > maxBytes || count >= maxBatch)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #store(batch: Waiting[]): Promise<void> {
    if (batch.length < minBatch) return this.#storeSingly(batch);
    try {
      await publishBatch(
        this.#bus,
        batch.map((one) => one.publication),
        batch[0]!.timeoutMs,
      );
      for (const one of batch) one.resolve();
    } catch (error) {
      // A repeat among them: by itself each is told apart.
      if (error instanceof JetStreamApiError) return this.#storeSingly(batch);
      for (const one of batch) one.reject(error);
    }
  }

  async #storeSingly(batch: Waiting[]): Promise<void> {
    const sent = batch.map((one) => publish(this.#bus, one.publication, one.timeoutMs).then(() => one.resolve(), one.reject));
    await Promise.all(sent);
  }
}
