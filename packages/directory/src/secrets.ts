import type { Account, Credentials } from '@baton/channels/provider.ts';
import type { DirectoryAgent, DirectoryChannelAccount } from '@baton/contracts/directory.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';

/**
 * Opens what the directory carries sealed, once per entry, failures included: a flood of requests must not become a flood of decryptions. Entries are
 * replaced as a whole, so a rotated secret is opened anew.
 */
export interface Secrets {
  /** Throws when the credentials can't be opened or read. */
  account(entry: DirectoryChannelAccount): Account;
  /** What signs requests to an agent's backend; undefined: it has none. Throws when it can't be opened. */
  backendSecret(agent: DirectoryAgent): string | undefined;
}

/** `failed` is told once per entry that can't be opened, with the entry's id. */
export function openSecrets(box: SecretBox, failed: (id: string, error: unknown) => void = () => undefined): Secrets {
  const account = remembered((entry: DirectoryChannelAccount) => openAccount(box, entry));
  const backendSecret = remembered((agent: DirectoryAgent) =>
    agent.backend.secret ? box.open(agent.backend.secret, `agent:${agent.agent_id}`) : undefined,
  );
  return {
    account: (entry) => account(entry, (error) => failed(entry.channel_account_id, error)),
    backendSecret: (agent) => backendSecret(agent, (error) => failed(agent.agent_id, error)),
  };
}

function openAccount(box: SecretBox, entry: DirectoryChannelAccount): Account {
  const given = entry.credentials ? readCredentials(box.open(entry.credentials, `channel_account:${entry.channel_account_id}`)) : {};
  return {
    channelAccountId: entry.channel_account_id,
    workspaceId: entry.workspace_id,
    agentId: entry.agent_id,
    channel: entry.channel,
    address: entry.address,
    // Nobody enters what signs the visitors of a widget: a forgotten or weak secret would let one visitor read another.
    credentials: entry.provider === 'web' ? { ...given, visitor_keys: box.derive(`visitor:${entry.channel_account_id}`) } : given,
  };
}

function readCredentials(text: string): Credentials {
  let credentials: unknown;
  try {
    credentials = JSON.parse(text);
  } catch {
    // The parser's own words quote what it read, and errors are logged.
    credentials = undefined;
  }
  if (typeof credentials !== 'object' || credentials === null) throw new Error('the credentials are no JSON object');
  return credentials as Credentials;
}

type Opened<T> = { value: T } | { error: unknown };

function remembered<E extends object, T>(open: (entry: E) => T): (entry: E, failed: (error: unknown) => void) => T {
  const known = new WeakMap<E, Opened<T>>();
  return (entry, failed) => {
    let opened = known.get(entry);
    if (!opened) {
      opened = attempt(() => open(entry));
      known.set(entry, opened);
      if ('error' in opened) failed(opened.error);
    }
    if ('error' in opened) throw opened.error;
    return opened.value;
  };
}

function attempt<T>(open: () => T): Opened<T> {
  try {
    return { value: open() };
  } catch (error) {
    return { error };
  }
}
