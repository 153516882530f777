import type { Account, RawRequest } from '../../src/provider.ts';
import { post } from '../account.ts';
import { mailAccount, mailgunForm, postmarkJson, type TestMail, withSecret } from '../mails.ts';
import { type Row, withCredentials } from './row.ts';

const png = { name: 'plan.png', type: 'image/png', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47]) };

/** Both services put the mail's own Message-ID into what they post: the id of the row goes there. */
type Mail = TestMail & { id: number };
const underId = (body: string, id: number) =>
  body.replaceAll('m1@example.org', `m${id}@example.org`).replaceAll('m1%40example.org', `m${id}%40example.org`);

const shared: Pick<Row, 'provider' | 'text' | 'media' | 'customer'> = {
  provider: 'email',
  text: ({ id, words }): Mail => ({ id, text: words }),
  media: ({ id }): Mail => ({ id, text: 'The plan', files: [png] }),
  customer: 'ada@example.org',
};

const withKey = (ours: Account, signing_key: string | undefined) =>
  withCredentials(ours, { inbound: { ...(ours.credentials['inbound'] as object), signing_key } });

const atMailgun = mailAccount('mailgun');
export const mailgun: Row = {
  ...shared,
  account: atMailgun,
  async request(body): Promise<RawRequest> {
    const { id, ...mail } = body as Mail;
    const form = await mailgunForm(mail);
    return post(Buffer.from(underId(form.body.toString('latin1'), id), 'latin1'), { 'content-type': form.type });
  },
  // In the form itself: timestamp, token and their HMAC.
  signature: { headers: [], coversBody: false },
  withoutSecret: withKey(atMailgun, undefined),
  withOtherSecret: withKey(atMailgun, 'another'),
};

const atPostmark = mailAccount('postmark');
export const postmark: Row = {
  ...shared,
  account: atPostmark,
  request(body) {
    const { id, ...mail } = body as Mail;
    return post(underId(JSON.stringify(postmarkJson(mail)), id), {}, withSecret());
  },
  // In the address that Postmark was given.
  signature: { headers: [], coversBody: false },
  withoutSecret: withKey(atPostmark, undefined),
  withOtherSecret: withKey(atPostmark, 'another'),
};
