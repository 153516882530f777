import { expect, test } from 'vitest';
import { conversationRow, newTestLedger } from '../../../test/pure/rows.ts';
import { World } from '../../../test/pure/world.ts';
import { queueMessage } from '../outbound.ts';
import { answerMail, followMail } from './mail-thread.ts';

const mails = (more = {}) =>
  conversationRow({ channel: 'email', remote_address: 'ada@example.org', own_address: 'desk@example.com', ...more });

test('a mail of ours answers the newest of the customer, and a second one the first', () => {
  const conversation = mails();
  followMail(conversation, { subject: 'Flat 12', references: ['a@b'] }, 'c@d');
  expect(conversation.subject).toBe('Flat 12');
  expect(answerMail(conversation, 'msg_1')).toEqual({ subject: 'Flat 12', references: ['a@b', 'c@d'] });
  expect(answerMail(conversation, 'msg_2')).toEqual({ subject: 'Flat 12', references: ['a@b', 'c@d', 'msg_1@example.com'] });
  followMail(conversation, { subject: 'Re: Flat 12', references: ['msg_2@example.com'] }, 'e@f');
  expect(answerMail(conversation, 'msg_3')).toEqual({ subject: 'Re: Flat 12', references: ['msg_2@example.com', 'e@f'] });
  expect(conversation.subject).toBe('Flat 12');
});

test('a thread that we begin has the subject of the conversation', () => {
  expect(answerMail(mails({ subject: 'Your viewing' }), 'msg_1')).toEqual({ subject: 'Your viewing', references: [] });
});

test('the beginning of a long thread and its end are kept', () => {
  const conversation = mails();
  followMail(conversation, { subject: 's', references: Array.from({ length: 40 }, (_, n) => `${n}@x`) }, 'last@x');
  const { references } = conversation.mail_thread!;
  expect(references).toHaveLength(20);
  expect([references[0], references.at(-1)]).toEqual(['0@x', 'last@x']);
});

test('what came by mail is answered in its thread, other channels know of none', () => {
  const world = new World();
  world.receive({
    channel: 'email',
    from: 'ada@example.org',
    to: 'desk@example.com',
    provider_message_id: 'c@d',
    mail: { subject: 'Flat', references: [] },
  });
  const answer = queueMessage(newTestLedger(), world.conversation!, { author: 'ai', text: 'Yes', attachments: [] });
  expect(answer.metadata).toEqual({ email: { subject: 'Flat', references: ['c@d'] } });
  const sms = queueMessage(newTestLedger(), conversationRow(), { author: 'ai', text: 'Yes', attachments: [] });
  expect(sms.metadata).toEqual({});
});
