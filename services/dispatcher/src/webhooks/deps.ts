import type { Bus } from '@baton/bus/connect.ts';
import type { Egress } from '@baton/egress/egress.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { Events } from '../events.ts';
import type { Tables } from '../store/tables.ts';

/** How webhooks are delivered; see `config.ts`. */
export interface WebhookSettings {
  endpointsPerWorkspace: number;
  /** Requests in hand at once, of all endpoints and of one. */
  concurrency: number;
  concurrencyPerEndpoint: number;
  /** Pauses between attempts. */
  retryDelaysMs: readonly number[];
  /** On top of an endpoint's time limit: after so long a worker that says nothing is taken for dead. */
  leaseGraceMs: number;
  /** An endpoint that nothing has got through to for so long is turned off. */
  disableAfterMs: number;
  /** Deliveries are kept so long. */
  retentionMs: number;
  /** An instance that reads EVENTS for all is taken for dead after so long without a sign of life. */
  fanOutLeaseMs: number;
}

export interface WebhookDeps {
  db: Kysely<Tables>;
  pool: pg.Pool;
  bus: () => Bus;
  egress: Egress;
  box: SecretBox;
  events: Events;
  settings: WebhookSettings;
  /** Endpoints were changed here: this instance knows when it resolves, the others a moment later. Never rejects. */
  endpointsChanged(): Promise<void>;
  /** Deliveries of these endpoints are due. */
  deliveriesDue(endpointIds: string[]): void;
}
