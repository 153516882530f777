import { allEndpoints, type EndpointRow } from '../store/webhooks/endpoints.ts';
import type { WebhookDeps } from './deps.ts';

/** All endpoints in memory: without any of them webhooks cost nothing, and an event nobody wants costs one look into a map. */
export class KnownEndpoints {
  readonly #db: WebhookDeps['db'];
  #byId = new Map<string, EndpointRow>();
  #byWorkspace = new Map<string, EndpointRow[]>();
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(db: WebhookDeps['db']) {
    this.#db = db;
  }

  get(endpointId: string): EndpointRow | undefined {
    return this.#byId.get(endpointId);
  }

  ofWorkspace(workspaceId: string): readonly EndpointRow[] {
    return this.#byWorkspace.get(workspaceId) ?? [];
  }

  /** Those that take part. */
  enabled(): EndpointRow[] {
    return [...this.#byId.values()].filter((endpoint) => endpoint.enabled);
  }

  /** Those of which something is still to be said. */
  unannounced(): EndpointRow[] {
    return [...this.#byId.values()].filter((endpoint) => endpoint.announcement);
  }

  /** Reads them anew; whoever asks while that is going on gets what is read after it. */
  async read(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#read();
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      do await this.#readOnce();
      while (this.#again);
    } finally {
      // In the same turn as the look at #again: nobody may come in between and wait for a reading that is over.
      this.#reading = undefined;
    }
  }

  async #readOnce(): Promise<void> {
    this.#again = false;
    const rows = await allEndpoints(this.#db);
    // An unchanged one stays the same object: its opened keys hang on it.
    const kept = rows.map((row) => {
      const known = this.#byId.get(row.endpoint_id);
      return known && same(known, row) ? known : row;
    });
    this.#byId = new Map(kept.map((row) => [row.endpoint_id, row]));
    this.#byWorkspace = Map.groupBy(kept, (row) => row.workspace_id);
  }
}

function same(a: EndpointRow, b: EndpointRow): boolean {
  return (
    a.updated_at.getTime() === b.updated_at.getTime() &&
    a.failing_since?.getTime() === b.failing_since?.getTime() &&
    a.enabled === b.enabled &&
    a.announcement?.event_id === b.announcement?.event_id
  );
}
