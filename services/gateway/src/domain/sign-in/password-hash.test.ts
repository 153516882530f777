import { expect, test } from 'vitest';
import { formatHash, isPresentCost, parseHash, presentCost } from './password-hash.ts';

const salt = Buffer.alloc(16, 1);
const tag = Buffer.alloc(32, 2);

test('a hash says what it cost, in the format of all Argon2 libraries, and is read back', () => {
  const text = formatHash({ cost: presentCost, salt, tag });
  expect(text).toBe('$argon2id$v=19$m=19456,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI');
  expect(parseHash(text)).toEqual({ cost: presentCost, salt, tag });
  expect(isPresentCost(parseHash(text)!.cost)).toBe(true);
  expect(isPresentCost({ ...presentCost, memory: 8192 })).toBe(false);
});

test('what is no such hash is none', () => {
  for (const text of [
    '',
    'x',
    '$2b$10$abc',
    '$argon2i$v=19$m=1,t=1,p=1$AQEBAQEBAQEB$AgICAgICAgICAgICAgICAg',
    '$argon2id$v=19$m=1,t=1,p=1$$',
  ])
    expect(parseHash(text)).toBeUndefined();
});
