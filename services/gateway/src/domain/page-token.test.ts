import { expect, test } from 'vitest';
import { openPageToken, pageTokenKey, signPageToken } from './page-token.ts';

const [fresh, old] = [pageTokenKey(new Uint8Array(32).fill(1)), pageTokenKey(new Uint8Array(32).fill(2))];
const scope = { workspaceId: 'acc_1', route: '/v1/conversations', filters: '[]' };

test('a token gives its cursor back, also after the signing key was rotated', () => {
  expect(openPageToken([fresh], scope, signPageToken([fresh], scope, '2026|é'))).toBe('2026|é');
  expect(openPageToken([fresh, old], scope, signPageToken([old], scope, 'c'))).toBe('c');
});

test('a token of another workspace, route, filter or key is refused, and so is rubbish', () => {
  const token = signPageToken([fresh], scope, 'c');
  expect(openPageToken([fresh], { ...scope, workspaceId: 'acc_2' }, token)).toBeUndefined();
  expect(openPageToken([fresh], { ...scope, route: '/v1/agents' }, token)).toBeUndefined();
  expect(openPageToken([fresh], { ...scope, filters: '[["unread",true]]' }, token)).toBeUndefined();
  expect(openPageToken([old], scope, token)).toBeUndefined();
  for (const rubbish of ['', 'x', '%%%', 'A'.repeat(40), `p${'A'.repeat(40)}`, 'eyJhIjoxfQ', token.slice(1)])
    expect(openPageToken([fresh], scope, rubbish)).toBeUndefined();
});

test('no token begins like a formula: in CSV it would be escaped, and then be another', () => {
  const tokens = Array.from({ length: 500 }, (_, i) => signPageToken([fresh], scope, String(i)));
  expect(tokens.filter((token) => !/^[a-z]/.test(token))).toEqual([]);
});
