import { createHmac } from 'node:crypto';
import type { Account } from '../../src/provider.ts';
import { account, post } from '../account.ts';
import { type Row, withCredentials, without } from './row.ts';

const secret = 'app-secret';
const common = { app_secret: secret, verify_token: 'v', access_token: 'EAA-very-secret' };

const shared = (ours: Account): Pick<Row, 'provider' | 'account' | 'request' | 'signature' | 'withoutSecret' | 'withOtherSecret'> => ({
  provider: 'meta',
  account: ours,
  request(body) {
    const bytes = JSON.stringify(body);
    return post(bytes, { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}` });
  },
  signature: { headers: ['x-hub-signature-256'], coversBody: true },
  withoutSecret: without(ours, 'app_secret'),
  withOtherSecret: withCredentials(ours, { app_secret: 'another' }),
});

const number = '106540352242922';
const whatsappAccount = account({ channel: 'whatsapp', address: '+15550101', credentials: { ...common, phone_number_id: number } });
const metadata = { display_phone_number: '15550101', phone_number_id: number };
const change = (value: object, field = 'messages') => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '1', changes: [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }] }],
});
const written = (id: number, what: object) => ({ from: '14155550123', id: `wamid.${id}`, timestamp: '1749416383', ...what });
const says = (words: string) => ({ type: 'text', text: { body: words } });
const contacts = [{ profile: { name: 'Ada' }, wa_id: '14155550123' }];

export const metaWhatsapp: Row = {
  ...shared(whatsappAccount),
  text: ({ id, words }) => change({ contacts, messages: [written(id, says(words))] }),
  several: (list) => change({ contacts, messages: list.map(({ id, words }) => written(id, says(words))) }),
  media: ({ id }) => change({ contacts, messages: [written(id, { type: 'image', image: { id: '27', mime_type: 'image/jpeg' } })] }),
  unknown: ({ id }) => change({ contacts, messages: [written(id, { type: 'hologram', hologram: { depth: 3 } })] }),
  receipt: ({ id, status }) =>
    change({ statuses: [{ id, status, timestamp: '1749416390', ...(status === 'failed' && { errors: [{ code: 131026, title: 'x' }] }) }] }),
  statuses: ['sent', 'delivered', 'read', 'failed'],
  echo: ({ id, words }) =>
    change(
      { message_echoes: [{ from: '15550101', to: '14155550123', id: `wamid.${id}`, timestamp: 1749416383, ...says(words) }] },
      'smb_message_echoes',
    ),
  customer: '+14155550123',
  accepted: (id) => ({ status: 200, body: { messaging_product: 'whatsapp', messages: [{ id }] } }),
};

function inbox(channel: 'facebook' | 'instagram', page: string): Row {
  const ours = account({ channel, address: page, credentials: { ...common, page_id: page } });
  const timestamp = 1_749_416_383_351;
  const entry = (...messaging: object[]) => ({
    object: channel === 'facebook' ? 'page' : 'instagram',
    entry: [{ id: page, time: timestamp, messaging }],
  });
  const from = (item: object) => ({ sender: { id: '4711' }, recipient: { id: page }, timestamp, ...item });
  const to = (item: object) => ({ sender: { id: page }, recipient: { id: '4711' }, timestamp, ...item });
  const message = (id: number, what: object) => from({ message: { mid: `m_${id}`, ...what } });
  return {
    ...shared(ours),
    text: ({ id, words }) => entry(message(id, { text: words })),
    several: (list) => entry(...list.map(({ id, words }) => message(id, { text: words }))),
    media: ({ id }) => entry(message(id, { attachments: [{ type: 'image', payload: { url: 'https://scontent.example/1.jpg' } }] })),
    unknown: ({ id }) => entry(message(id, { attachments: [{ type: 'hologram', payload: { depth: 3 } }] })),
    receipt: ({ id, status }) =>
      entry(from(status === 'read' ? { read: { mid: id, watermark: timestamp } } : { delivery: { mids: [id], watermark: timestamp } })),
    statuses: ['delivered', 'read'],
    echo: ({ id, words }) => entry(to({ message: { mid: `m_${id}`, is_echo: true, text: words } })),
    customer: '4711',
    accepted: (id) => ({ status: 200, body: { recipient_id: '4711', message_id: id } }),
  };
}

export const messenger = inbox('facebook', '1906385232743451');
export const instagram = inbox('instagram', '17841400000000000');
