import { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { expect, test } from 'vitest';
import { withReachableFiles } from './reachable-files.ts';

const deadline = new Date('2026-11-21T12:00:00.000Z');
const file = (url: string) => ({ url, contentType: 'image/jpeg', size: 1, name: 'a.jpg' });
const link = ({ messageId, index }: { messageId: string; index: number }, expires: Date) =>
  `${messageId}/${index}/${expires.toISOString()}`;

test('the customer’s files are linked for an hour beyond the deadline; what our side sent stands at its own address', () => {
  const turn = Turn.fromPartial({
    deadline,
    messages: [
      { messageId: 'm1', role: 'user', attachments: [file('https://api.twilio.com/1'), file('https://api.twilio.com/2')] },
      { messageId: 'm2', role: 'operator', attachments: [file('https://files.example.com/menu.pdf')] },
    ],
  });
  const urls = withReachableFiles(turn, 0, link).messages.map(({ attachments }) => attachments.map(({ url }) => url));
  expect(urls).toEqual([['m1/0/2026-11-21T13:00:00.000Z', 'm1/1/2026-11-21T13:00:00.000Z'], ['https://files.example.com/menu.pdf']]);
});

test('a turn without files is passed on as it is', () => {
  const turn = Turn.fromPartial({ deadline, messages: [{ messageId: 'm1', role: 'user', text: 'Hello' }] });
  expect(withReachableFiles(turn, 0, link)).toBe(turn);
});
