import { randomUUIDv7 } from 'node:crypto';

/** What each id names. The prefix is part of the public contract (api.md §1). */
export const idPrefixes = {
  workspace: 'acc',
  apiKey: 'key',
  user: 'usr',
  session: 'ses',
  audit: 'aud',
  agent: 'agt',
  channelAccount: 'chn',
  contact: 'ctc',
  cannedReply: 'cnr',
  note: 'note',
  conversation: 'conv',
  message: 'msg',
  dispatch: 'dsp',
  event: 'evt',
  deadLetter: 'dlt',
  partner: 'ptr',
  webhookEndpoint: 'whe',
  delivery: 'whd',
  replay: 'rpl',
} as const;

export type IdKind = keyof typeof idPrefixes;

// Crockford's alphabet: no i, l, o, u, so an id read aloud is not misheard.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const values = new Map([...alphabet].map((letter, value) => [letter, BigInt(value)]));

let newest = 0n;

/** A new id: prefix and UUIDv7 in base32. Ids of one process sort in the order they were made, also within a millisecond (a batch makes many). */
export function newId(kind: IdKind): string {
  const made = numberOf(randomUUIDv7());
  newest = made > newest ? made : newest + 1n;
  return encode(kind, newest);
}

/** No id of that kind made at `time` or later sorts before it. */
export function lowestId(kind: IdKind, time: Date): string {
  return encode(kind, BigInt(Math.max(0, time.getTime())) << 80n);
}

/** The id whose UUID is `uuid` (any letter case). */
export function idFromUuid(kind: IdKind, uuid: string): string {
  return encode(kind, numberOf(uuid));
}

const numberOf = (uuid: string) => BigInt(`0x${uuid.replaceAll('-', '')}`);

function encode(kind: IdKind, number: bigint): string {
  let rest = number;
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return `${idPrefixes[kind]}_${text}`;
}

/** The UUID inside an id (dialects show it where their own contract has UUIDs), or undefined when `id` is not of that kind. */
export function uuidOfId(kind: IdKind, id: string): string | undefined {
  if (!isId(kind, id)) return undefined;
  let number = 0n;
  for (const letter of id.slice(idPrefixes[kind].length + 1)) number = (number << 5n) | values.get(letter)!;
  const hex = number.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const shapes = new Map(
  Object.entries(idPrefixes).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`)] as const),
);

/** Whether `id` has the exact shape of an id of that kind; says nothing about whether it exists. */
export function isId(kind: IdKind, id: string): boolean {
  return shapes.get(kind)!.test(id);
}
