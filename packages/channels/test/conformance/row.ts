import type { Provider, ReceiptStatus } from '@baton/contracts/vocabulary.ts';
import type { Account, RawRequest } from '../../src/provider.ts';

/** What a provider posts, before it is put into bytes and signed: JSON, or the fields of a form. */
export type Body = unknown;

/** A provider on one of its channels, as the conformance suite needs it. What a provider does not have is left out. */
export interface Row {
  provider: Provider;
  account: Account;
  /** The request as the provider makes it, rightly signed for `account`. */
  request(body: Body): RawRequest | Promise<RawRequest>;
  /** Names of the headers (or, of forms, fields) that carry the signature; none where nothing is checked. */
  signature: { headers: string[]; coversBody: boolean } | undefined;
  /** The account without its secret, and with another one. */
  withoutSecret: Account;
  withOtherSecret: Account;
  text(o: { id: number; words: string }): Body;
  /** One body with several messages. */
  several?(messages: { id: number; words: string }[]): Body;
  media?(o: { id: number }): Body;
  /** A message of a kind that came after this was written. */
  unknown?(o: { id: number }): Body;
  receipt?(o: { id: string; status: ReceiptStatus }): Body;
  /** Of those: the statuses that the provider tells. */
  statuses?: ReceiptStatus[];
  /** A colleague's answer from outside. */
  echo?(o: { id: number; words: string }): Body;
  /** The customer's address to send to. */
  customer: string;
  /** The answer to a send that was taken on under this id. */
  accepted?(id: string): { status: number; body: unknown };
}

export function without(account: Account, ...names: string[]): Account {
  const credentials = Object.fromEntries(Object.entries(account.credentials).filter(([name]) => !names.includes(name)));
  return { ...account, credentials };
}

export function withCredentials(account: Account, over: Record<string, unknown>): Account {
  return { ...account, credentials: { ...account.credentials, ...over } };
}
