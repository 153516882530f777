import { request } from 'undici';
import type { CustomersMessage, Line } from '../../support/customers/line.ts';
import { type Signed, signedByTwilio } from '../../support/webhooks.ts';
import type { Scene } from '../scene.ts';
import { type Fault, pause } from './fault.ts';

const duplicates: Fault = {
  name: 'duplicates',
  what: 'webhooks that were accepted come again, up to 20 times at once, to both instances, out of order',
  strike: async (scene, dice) => {
    const times = dice.whole(2, 20);
    const { accepted, lines } = scene.tenant;
    const again = Array.from({ length: Math.min(20, accepted.length) }, () => dice.pick(accepted));
    scene.say(`${again.length} messages again, ${times} times each`);
    const sent = again.flatMap((one) =>
      Array.from({ length: times }, (_, nth) => post(scene, lines.find((line) => line.gave(one.id))!.signed(one), nth)),
    );
    await Promise.all(sent);
    await pause(scene, 500);
  },
};

const bad: Record<string, (line: Line) => Signed> = {
  'no JSON, no form': ({ account }) => ({
    url: account.webhook_url,
    headers: { 'content-type': 'application/octet-stream' },
    body: '\u0000\u0001',
  }),
  'a body of a megabyte': ({ account }) => forged(account, { from: '+12025550000', id: 'SMbig', text: 'x'.repeat(1_000_000) }),
  'a forged signature': ({ account }) => forged(account, { from: '+12025550000', id: 'SMforged', text: 'Forged' }),
  'an unknown account': ({ account }) => ({
    url: account.webhook_url.replace(/chn_\w+/, 'chn_00000000000000000000000000'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=b',
  }),
  'deep JSON': ({ account }) => ({
    url: account.webhook_url,
    headers: { 'content-type': 'application/json' },
    body: '['.repeat(20_000) + ']'.repeat(20_000),
  }),
  __proto__: ({ account }) => ({
    url: account.webhook_url,
    headers: { 'content-type': 'application/json' },
    body: '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}',
  }),
};

const poison: Fault = {
  name: 'poison',
  what: `ingest is sent ${Object.keys(bad).join(', ')}; none may be accepted, and none may make it fail`,
  strike: async (scene, dice) => {
    const name = dice.pick(Object.keys(bad));
    scene.say(`ingest gets ${name}`);
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, nth) => post(scene, bad[name]!(scene.tenant.lines[0]!), nth)));
    const broken = statuses.filter((status) => status !== undefined && (status < 400 || (status >= 500 && status !== 503)));
    if (broken.length > 0) scene.wrong.push(`${name} was answered ${broken.join(', ')}`);
    await pause(scene, dice.whole(200, 1_000));
  },
};

function forged(account: Line['account'], { id, from, text }: CustomersMessage): Signed {
  const form = { MessageSid: id, AccountSid: 'AC1', From: from, To: account.address, Body: text, NumMedia: '0' };
  return signedByTwilio('wrong', account.webhook_url, form);
}

/** undefined: nobody answered. */
async function post({ running }: Scene, signed: Signed, nth: number): Promise<number | undefined> {
  const { ingestUrls } = running.product;
  const { pathname } = new URL(signed.url);
  try {
    const answer = await request(`${ingestUrls[nth % ingestUrls.length]}${pathname}`, {
      method: 'POST',
      headers: signed.headers,
      body: signed.body,
      headersTimeout: 10_000,
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return undefined;
  }
}

export const inboundFaults: Fault[] = [duplicates, poison];
