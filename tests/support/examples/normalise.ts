import type { Json } from '../api.ts';

const pageToken = 'WyIyMDI2LTA1LTE1VDE0OjMyOjAxLjAwMFoiXQ.kYx0Q3v7r2mB';

/** What is different in every run, by the name of its field. */
const values: Record<string, unknown> = {
  latency_ms: 412,
  duration_ms: 87,
  provider_message_id: 'SM0f8b2c6e4d1a4c7f9e3b5a7d9c1e3f50',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  request_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  next_page_token: pageToken,
  next_cursor: pageToken,
  cursor: pageToken,
  api_key: 'pk_live_0123456789ABCDEFGHIJKLMNOPQRSTUV',
  key: 'pk_live_0123456789ABCDEFGHIJKLMNOPQRSTUV',
  hint: 'pk_live_0123…',
  ticket: 'tkt_0123456789ABCDEFGHIJKLMNOPQRSTUV',
  token: 'ott_0123456789ABCDEFGHIJKLMNOPQRSTUV',
  csrf_token: 'kYx0Q3v7r2mBWyIyMDI2LTA1LTE1VDE0OjMyOjAxLjA',
  'x-csrf-token': 'kYx0Q3v7r2mBWyIyMDI2LTA1LTE1VDE0OjMyOjAxLjA',
  cookie: 'baton_session=…',
  secret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX',
  request_body: '{"event_id":"evt_01k9qg3v5e7h2m4n6p8r0s2t4v","event_type":"webhook.test", …}',
};

// The story of the examples: a customer writes at 14:32:01, and is answered.
const day = '2026-05-15';
const times: Record<string, string> = {
  created_at: `${day}T14:32:01.000Z`,
  settled_at: `${day}T14:32:01.412Z`,
  sent_at: `${day}T14:32:01.640Z`,
  delivered_at: `${day}T14:32:02.310Z`,
  read_at: `${day}T14:32:09.500Z`,
  expires_at: `${day}T14:33:01.000Z`,
  takeover_expires_at: `${day}T14:47:01.000Z`,
  window_expires_at: '2026-05-16T14:32:01.000Z',
};
/** Kept up now and then, so that a run may see it or not. */
const sometimes: Record<string, string> = { last_used_at: `${day}T14:32:10.000Z` };
const otherTime = `${day}T14:32:10.000Z`;

const idShape = /\b([a-z]{2,5})_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;
const uuidShape = /\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const timeShape = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;
/** When a link ends, and its signature. */
const linkShape = /\.\d{10}\.[\w-]{22}(?![\w-])/g;
const oneTimeShape = /\bott_[0-9A-Za-z]{32}\b/g;
/** In a text; one that begins with a minus has an apostrophe in CSV. */
const tokenShape = /'?[\w-]{80,}/g;

/**
 * A request and its answer as every run has them: ids numbered in the order in which they appear, times and secrets those of one story, addresses those
 * of a plain `npm start`. What is equal stays equal, so an example still shows which id is which.
 */
export function normalise(example: Json, hosts: Record<string, string> = {}): Json {
  const known = new Map<string, string>();
  const renamed = (old: string, fresh: (nth: number) => string, kind: string): string => {
    const key = `${kind} ${old}`;
    const nth = [...known.keys()].filter((one) => one.startsWith(`${kind} `)).length;
    if (!known.has(key)) known.set(key, fresh(nth));
    return known.get(key)!;
  };
  const text = (given: string, time = otherTime): string => {
    let out = given;
    for (const [host, plain] of Object.entries(hosts)) out = out.replaceAll(host, plain);
    return out
      .replace(/(?<=^inbound\.\w+\.)p\d\d(?=\.)/, 'p07')
      .replaceAll(timeShape, time)
      .replaceAll(tokenShape, pageToken)
      .replaceAll(oneTimeShape, String(values['token']))
      .replaceAll(linkShape, '.1778855581.kYx0Q3v7r2mBWyIyMDI2LT')
      .replace(idShape, (id, prefix: string) => renamed(id, (nth) => `${prefix}_01k9qg3v5e7h2m4n6p8r0s2t${letters(nth)}`, prefix))
      .replace(uuidShape, (id) => renamed(id, (nth) => `019a6f01-ecae-73c4-8a4d-${(0xc81a2c0e8b00 + nth).toString(16)}`, 'uuid'));
  };
  const walk = (value: Json, name: string): Json => {
    if (Array.isArray(value)) return value.map((one) => walk(one, name));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [text(key), walk(one, key)]));
    if (name in sometimes) return sometimes[name];
    if (value !== null && value !== '' && typeof value !== 'boolean' && name in values) return values[name];
    if (typeof value !== 'string') return value;
    return text(value, times[name]);
  };
  return walk(example, '');
}

/** `4v`, `5v`, …: two letters of the alphabet of ids. */
function letters(nth: number): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return `${alphabet[(4 + nth) % 32]}${alphabet[(27 + Math.floor((4 + nth) / 32)) % 32]}`;
}
