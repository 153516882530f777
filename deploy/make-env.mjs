// Makes up the secrets of one installation: node deploy/make-env.mjs > deploy/.env (once; keep the file, and keep it to yourself).
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const password = () => randomBytes(24).toString('hex');
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base62 = (length) => Array.from({ length }, () => alphabet[Number(BigInt(`0x${randomBytes(16).toString('hex')}`) % 62n)]).join('');

// As in packages/contracts/src/api-key.ts, which can't be imported here: this runs before anything is installed.
function apiKey() {
  const unchecked = `pk_live_${base62(26)}`;
  let rest = crc32(unchecked);
  let checksum = '';
  for (let i = 0; i < 6; i++) {
    checksum = alphabet[rest % 62] + checksum;
    rest = Math.floor(rest / 62);
  }
  return unchecked + checksum;
}

const lines = {
  POSTGRES_PASSWORD: password(),
  BATON_OWNER_PASSWORD: password(),
  BATON_CONVERSATION_PASSWORD: password(),
  BATON_CONVERSATION_SYSTEM_PASSWORD: password(),
  BATON_DELIVERY_PASSWORD: password(),
  BATON_ACCESS_PASSWORD: password(),
  BATON_NATS_CONVERSATION_STATE_PASSWORD: password(),
  BATON_NATS_DISPATCHER_PASSWORD: password(),
  BATON_NATS_INGEST_PASSWORD: password(),
  BATON_NATS_GATEWAY_PASSWORD: password(),
  BATON_NATS_OPERATOR_PASSWORD: password(),
  BATON_SERVICE_TOKEN: password(),
  BATON_SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  BATON_PARTNER_KEY_BOOTSTRAP: apiKey(),
  // The addresses that the world reaches the two public services by; providers' signatures are made over the first.
  BATON_INGEST_URL: 'http://127.0.0.1:4001',
  BATON_GATEWAY_URL: 'http://127.0.0.1:4000',
};
for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);
