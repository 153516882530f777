import { Webhook } from 'standardwebhooks';
import { account, post, receivedAt } from '../account.ts';
import { type Row, withCredentials, without } from './row.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const message = (id: number, words: string, more: object = {}) => ({
  type: 'message',
  id: `m${id}`,
  from: '+14155550123',
  text: words,
  ...more,
});

const shared: Omit<Row, 'provider' | 'account' | 'request' | 'signature' | 'withoutSecret' | 'withOtherSecret'> = {
  text: ({ id, words }) => message(id, words),
  several: (list) => list.map(({ id, words }) => message(id, words)),
  media: ({ id }) => message(id, '', { attachments: [{ url: 'https://files.example.com/a.jpg', content_type: 'image/jpeg' }] }),
  receipt: ({ id, status }) => ({ type: 'receipt', provider_message_id: id, status, ...(status === 'failed' && { error: 'lost' }) }),
  statuses: ['sent', 'delivered', 'read', 'failed'],
  echo: ({ id, words }) => message(id, words, { author: 'human' }),
  customer: '+14155550123',
  accepted: (id) => ({ status: 202, body: { id } }),
};

const signedAccount = account({ credentials: { secret, outbound_url: 'https://out.example.com' } });

export const http: Row = {
  ...shared,
  provider: 'http',
  account: signedAccount,
  request(body) {
    const bytes = JSON.stringify(body);
    const timestamp = String(Math.floor(receivedAt.getTime() / 1000));
    return post(bytes, {
      'webhook-id': 'd1',
      'webhook-timestamp': timestamp,
      'webhook-signature': new Webhook(secret).sign('d1', receivedAt, bytes),
    });
  },
  signature: { headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature'], coversBody: true },
  withoutSecret: without(signedAccount, 'secret'),
  withOtherSecret: withCredentials(signedAccount, { secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }),
};

const phone = account();
/** The phone of a developer's machine: nothing is signed, and outside one it does not exist. */
export const simulator: Row = {
  ...shared,
  provider: 'simulator',
  account: phone,
  request: (body) => post(JSON.stringify(body)),
  signature: undefined,
  withoutSecret: phone,
  withOtherSecret: phone,
};
