import { expect, test } from 'vitest';
import type { CannedReply } from '../../data/types.ts';
import { matchingReplies, shortcutAtEnd, withReply } from './shortcut.ts';

const reply = (shortcut: string, title: string) => ({ shortcut, title, text: `Text of ${title}` }) as CannedReply;
const replies = [reply('hours', 'Opening hours'), reply('parking', 'Where to park')];

test('a slash at the end of what is written, after a space or at the beginning, asks for a saved reply', () => {
  expect(['/', '/ho', 'Hello /ho', 'Hello\n/ho'].map(shortcutAtEnd)).toEqual(['', 'ho', 'ho', 'ho']);
  expect(['', 'and/or', 'https://a', '/ho and', '1 / 2'].map(shortcutAtEnd)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('replies are found by shortcut and title, and take the place of what was typed to find them', () => {
  expect(matchingReplies(replies, 'PARK').map(({ shortcut }) => shortcut)).toEqual(['parking']);
  expect(matchingReplies(replies, 'open').map(({ shortcut }) => shortcut)).toEqual(['hours']);
  expect(matchingReplies(replies, '')).toHaveLength(2);
  expect(withReply('Hello /ho', replies[0]!)).toBe('Hello Text of Opening hours');
});
