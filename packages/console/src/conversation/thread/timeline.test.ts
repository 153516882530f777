import { expect, test } from 'vitest';
import type { Dispatch, Message, ModeHistoryRow, Note } from '../../data/types.ts';
import { timelineOf } from './timeline.ts';

const message = (id: string, created_at: string, author = 'contact') =>
  ({ message_id: id, created_at, author, sender_name: null, text: id }) as Message;
const change = (mode_epoch: number, created_at: string) => ({ mode_epoch, created_at, to_mode: 'human' }) as ModeHistoryRow;
const dispatch = (dispatch_id: string, message_ids: string[], more: Partial<Dispatch> = {}) =>
  ({ dispatch_id, message_ids, handoff: null, ...more }) as Dispatch;
const dayOf = (at: string) => at.slice(0, 10);

const shown = (given: Parameters<typeof timelineOf>[0]) =>
  timelineOf(given).map((item) =>
    item.kind === 'message'
      ? `${item.key}${item.grouped ? ' grouped' : ''}${item.decision ? ` ${item.decision.dispatch_id}` : ''}${item.together ? ' together' : ''}`
      : item.key,
  );

test('what was said and who had it stand in order, oldest first, with a mark where a day begins', () => {
  const messages = [
    message('c', '2026-11-21T09:00:00Z', 'human'),
    message('b', '2026-11-20T10:01:00Z'),
    message('a', '2026-11-20T10:00:00Z'),
  ];
  const items = shown({ messages, history: [change(2, '2026-11-21T08:59:00Z')], notes: [], dispatches: [], complete: true, dayOf });
  expect(items).toEqual(['day-2026-11-20', 'a', 'b grouped', 'day-2026-11-21', 'mode-2', 'c']);
});

test('a decision stands at the last message that it answers, the newest one where there are two', () => {
  const messages = [message('b', '2026-11-20T10:01:00Z'), message('a', '2026-11-20T10:00:00Z')];
  const dispatches = [dispatch('second', ['a', 'b']), dispatch('first', ['a'])];
  expect(shown({ messages, history: [], dispatches, notes: [], complete: true, dayOf })).toEqual([
    'day-2026-11-20',
    'a first',
    'b grouped second',
  ]);
});

test('changes from before the oldest message that is loaded wait for the page they belong to', () => {
  const given = {
    messages: [message('b', '2026-11-20T10:01:00Z')],
    history: [change(2, '2026-11-19T10:00:00Z')],
    notes: [],
    dispatches: [],
    dayOf,
  };
  expect(shown({ ...given, complete: false })).toEqual(['day-2026-11-20', 'b']);
  expect(shown({ ...given, complete: true })).toEqual(['day-2026-11-19', 'mode-2', 'day-2026-11-20', 'b']);
});

test('a message that is answered with a later one says so', () => {
  const messages = [message('b', '2026-11-20T10:01:00Z'), message('a', '2026-11-20T10:00:00Z')];
  const items = shown({ messages, history: [], notes: [], dispatches: [dispatch('one', ['a', 'b'])], complete: true, dayOf });
  expect(items).toEqual(['day-2026-11-20', 'a together', 'b grouped one']);
});

test('what the AI said when it asked for a person stands before the change that followed', () => {
  const at = '2026-11-20T10:00:01Z';
  const asked = dispatch('one', ['a'], { settled_at: at, handoff: { reason: 'wants a refund', summary: null } });
  const given = {
    messages: [message('a', '2026-11-20T10:00:00Z')],
    history: [change(2, at)],
    notes: [],
    dispatches: [asked],
    complete: true,
    dayOf,
  };
  expect(shown(given)).toEqual(['day-2026-11-20', 'a one', 'handoff-one', 'mode-2']);
});

test('what people noted stands where it was written', () => {
  const messages = [message('b', '2026-11-20T10:02:00Z'), message('a', '2026-11-20T10:00:00Z')];
  const notes = [{ note_id: 'n', created_at: '2026-11-20T10:01:00Z' } as Note];
  expect(shown({ messages, history: [], dispatches: [], notes, complete: true, dayOf })).toEqual(['day-2026-11-20', 'a', 'n', 'b']);
});
