import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { apiKeyOf, isApiKey, secretBytes } from '@baton/contracts/api-key.ts';
import { type BusUser, busUsers } from '@baton/contracts/bus-rights.ts';
import type { Role } from '@baton/db/bootstrap.ts';
import { roles } from '@baton/db/bootstrap.ts';
import { StartError } from '../start-error.ts';

/** What one installation has made up for itself. Losing it means losing the stored credentials of channels and backends. */
export type Secrets = {
  postgresPassword: string;
  rolePasswords: Record<Role, string>;
  /** Each service connects to NATS as itself, the operator's tools as `operator`. */
  natsPasswords: Record<BusUser, string>;
  /** Shared by the four services for gRPC. */
  serviceToken: string;
  /** `k1:<base64 of 32 bytes>`: encrypts what customers of the API entrust to us. */
  secretKeys: string;
  /** `pk_live_…`, reaches all workspaces. */
  partnerKey: string;
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` characters, each with all 62 equally likely. */
export function base62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 below 256; taking the rest as well would favour the first eight characters.
      if (byte < 248 && text.length < length) text += BASE62[byte % 62];
    }
  }
  return text;
}

export function makeSecrets(): Secrets {
  return {
    postgresPassword: base62(32),
    rolePasswords: Object.fromEntries(roles.map((role) => [role, base62(32)])) as Record<Role, string>,
    natsPasswords: Object.fromEntries(busUsers.map((user) => [user, base62(32)])) as Record<BusUser, string>,
    serviceToken: base62(43),
    secretKeys: `k1:${randomBytes(32).toString('base64')}`,
    partnerKey: apiKeyOf('live', randomBytes(secretBytes)),
  };
}

/** Reads `secrets.json`, or makes it, readable by its owner alone. What a newer version needs besides is added. */
export function loadSecrets(file: string): Secrets {
  const fresh = makeSecrets();
  const stored = existsSync(file) ? parse(file) : {};
  const secrets: Secrets = {
    ...fresh,
    ...stored,
    rolePasswords: { ...fresh.rolePasswords, ...stored.rolePasswords },
    natsPasswords: { ...fresh.natsPasswords, ...stored.natsPasswords },
  };
  // Made before keys had a checksum: the gateway would refuse it.
  if (!isApiKey(secrets.partnerKey)) secrets.partnerKey = fresh.partnerKey;
  mkdirSync(path.dirname(file), { recursive: true });
  // Written beside and renamed: a machine that stops in between must not be left with half of the keys.
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  chmodSync(file, 0o600);
  return secrets;
}

function parse(file: string): Partial<Secrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
  } catch (error) {
    throw new StartError(
      `${file} cannot be read (${(error as Error).message}); put a good copy back, or wipe everything with \`npm run reset\`.`,
    );
  }
}
