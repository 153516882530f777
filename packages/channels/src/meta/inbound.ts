import type { Account, Parsed, RawRequest } from '../provider.ts';
import { asList, asObject, type JsonObject, parseJson } from '../wire/json.ts';
import { type Frame, malformed } from './frame.ts';
import { readMessengerEntry } from './messenger/inbound.ts';
import { readWhatsappEntry } from './whatsapp/inbound.ts';

/** What each of Meta's products says about itself; an app posts all its products, pages and numbers to one URL. */
const readers: Readonly<Record<string, { channel: string; read: (entry: JsonObject, frame: Frame) => void }>> = {
  whatsapp_business_account: { channel: 'whatsapp', read: readWhatsappEntry },
  page: { channel: 'facebook', read: readMessengerEntry },
  instagram: { channel: 'instagram', read: readMessengerEntry },
};

/** Every level is a list. What belongs to another account than ours is counted as ignored. */
export function parseMeta(request: RawRequest, account: Account, receivedAt: Date): Parsed {
  const body = asObject(parseJson(request.body));
  if (!body || !Array.isArray(body['entry'])) throw malformed('the list "entry", which is missing');
  const frame: Frame = { account, receivedAt: receivedAt.toISOString(), parsed: { messages: [], receipts: [], ignored: 0 } };
  const object = typeof body['object'] === 'string' && Object.hasOwn(readers, body['object']) ? readers[body['object']] : undefined;
  for (const entry of asList(body['entry'])) {
    const one = asObject(entry) ?? {};
    if (object?.channel === account.channel) object.read(one, frame);
    else frame.parsed.ignored += Math.max(1, asList(one['changes']).length + asList(one['messaging']).length);
  }
  return frame.parsed;
}
