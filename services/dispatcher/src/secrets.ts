import type { KeyObject } from 'node:crypto';
import type { DirectoryAgent } from '@baton/contracts/directory.ts';
import { type Secrets as Opened, openSecrets } from '@baton/directory/secrets.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { webhookKey } from './domain/signature.ts';

export interface Secrets extends Pick<Opened, 'account' | 'backendSecret'> {
  /** The signing key of an agent's backend; undefined: it has no secret. Throws when the secret can't be opened or read. */
  backendKey(agent: DirectoryAgent): KeyObject | undefined;
}

export function openKeys(box: SecretBox): Secrets {
  const secrets = openSecrets(box);
  const keys = new WeakMap<DirectoryAgent, KeyObject>();
  return {
    account: secrets.account,
    backendSecret: secrets.backendSecret,
    backendKey(agent) {
      const known = keys.get(agent);
      if (known) return known;
      const secret = secrets.backendSecret(agent);
      if (secret === undefined) return undefined;
      const key = webhookKey(secret);
      if (!key) throw new Error('the secret of the backend is no Standard Webhooks secret');
      keys.set(agent, key);
      return key;
    },
  };
}
