/** How the servers under test are brought: as processes of this machine, or as containers. */
export type InfraKind = 'embedded' | 'containers';

export type TestkitConfig = {
  /** Undefined: whichever works, containers first. */
  kind: InfraKind | undefined;
  /** The shared Postgres of this run, when its global set-up has started one. */
  sharedSuperUrl: string | undefined;
  /** The browser to use; undefined: the one that is found. */
  chromium: string | undefined;
};

export const KIND_VARIABLE = 'BATON_TEST_INFRA';
export const CHROMIUM_VARIABLE = 'BATON_CHROMIUM';
export const SHARED_VARIABLE = 'BATON_TEST_POSTGRES_SUPER_URL';

/** @throws when `BATON_TEST_INFRA` is neither `embedded` nor `containers` */
export function loadTestkitConfig(env: NodeJS.ProcessEnv): TestkitConfig {
  const kind = env[KIND_VARIABLE] || undefined;
  if (kind !== undefined && kind !== 'embedded' && kind !== 'containers')
    throw new Error(`${KIND_VARIABLE} must be embedded or containers, not "${kind}".`);
  return { kind, sharedSuperUrl: env[SHARED_VARIABLE] || undefined, chromium: env[CHROMIUM_VARIABLE] || undefined };
}
