/** One connection to a channel provider, as the generator needs it. */
export interface BenchAccount {
  /** Where its webhooks are posted, on the target's front door. */
  path: string;
  address: string;
  /** The signing key of Standard Webhooks: the raw bytes behind `whsec_`. */
  key: Buffer;
}

/** A part of the target whose CPU time and memory are told apart. `tree`: its child processes belong to it. */
export interface Component {
  name: string;
  pid: () => number;
  tree?: boolean;
}

/** What is measured: the product, or the floor under it. */
export interface Target extends AsyncDisposable {
  name: TargetName;
  /** Base URL of the front door. */
  origin: string;
  /** The gateway, and a key of the workspace that is measured; the floor has none. */
  api?: { url: string; key: string };
  accounts: BenchAccount[];
  components: Component[];
  /** The process that takes messages off INBOUND: stopped (SIGSTOP) while the front door is measured by itself. */
  consumerPids(): number[];
  natsUrl: string;
  /** Postgres' super user, to the database where the target's tables are. */
  databaseUrl: string;
}

export const targetNames = ['floor', 'product'] as const;
export type TargetName = (typeof targetNames)[number];

export interface TargetOptions {
  /** Data and logs; removed by the caller. */
  dir: string;
  /** `always`: on disk before it is acknowledged; a duration: only the process may die, not the machine. */
  syncInterval: 'always' | '2m';
  aiUrl: string;
  providerUrl: string;
  accounts: number;
  /** Handed to each Node process of the target, for profiling. */
  nodeOptions: string | undefined;
  /** On top of the launcher's, for profiling. */
  postgresSettings: Record<string, string>;
  say: (line: string) => void;
}
