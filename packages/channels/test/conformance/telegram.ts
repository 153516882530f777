import { account, post } from '../account.ts';
import { type Row, withCredentials, without } from './row.ts';

const ours = account({
  channel: 'telegram',
  address: '@rosa_bot',
  credentials: { bot_token: '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw', secret_token: 'sesame' },
});
const chat = { id: 4242, type: 'private', first_name: 'Ada' };
const ada = { id: 4242, is_bot: false, first_name: 'Ada' };
const update = (id: number, what: object) => ({
  update_id: 900_000 + id,
  message: { message_id: id, date: 1_749_416_383, chat, from: ada, ...what },
});

export const telegram: Row = {
  provider: 'telegram',
  account: ours,
  request: (body) => post(JSON.stringify(body), { 'x-telegram-bot-api-secret-token': 'sesame' }),
  signature: { headers: ['x-telegram-bot-api-secret-token'], coversBody: false },
  withoutSecret: without(ours, 'secret_token'),
  withOtherSecret: withCredentials(ours, { secret_token: 'another' }),
  text: ({ id, words }) => update(id, { text: words }),
  media: ({ id }) => update(id, { photo: [{ file_id: 'AgAD', file_size: 9 }] }),
  unknown: ({ id }) => update(id, { hologram: { depth: 3 } }),
  echo: ({ id, words }) => ({
    update_id: 1,
    business_message: { message_id: id, date: 1_749_416_383, chat, from: { id: 7 }, business_connection_id: 'bc', text: words },
  }),
  customer: '4242',
  accepted: (id) => ({ status: 200, body: { ok: true, result: { message_id: Number(id.split(':')[1] ?? 1), chat } } }),
};
