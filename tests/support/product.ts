import { inject } from 'vitest';

/** A running installation as a test outside its process tree sees it. */
export type Product = {
  /** One per instance. */
  gatewayUrls: string[];
  ingestUrls: string[];
  natsUrl: string;
  /** Postgres' super user, in the product's own database: row-level security does not hide anything from it. */
  databaseUrl: string;
  partnerKey: string;
  /** What the services show each other by gRPC, and where those that take it listen. */
  serviceToken: string;
  rpcAddresses: string[];
  /** Health and metrics of each instance. */
  opsUrls: string[];
  /** The services' logs. */
  logsDir: string;
  /** JSON `[{ name, pid }]` of what runs now, kept up to date. */
  processesFile: string;
};

declare module 'vitest' {
  export interface ProvidedContext {
    product: Product;
    /** Whether this run writes the examples of the API anew (`vitest run --update`). */
    updating: boolean;
  }
}

/** The installation that all e2e files share, each with workspaces of its own. Nobody restarts its servers. */
export function sharedProduct(): Product {
  return inject('product');
}
