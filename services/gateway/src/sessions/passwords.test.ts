import { argon2Sync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatHash, presentCost } from '../domain/sign-in/password-hash.ts';
import { Passwords } from './passwords.ts';

const password = 'lantern cupboard ferry';

test('a password matches its hash and no other one, which is different each time', async () => {
  const passwords = new Passwords();
  const [one, other] = [await passwords.hash(password), await passwords.hash(password)];
  expect(one).not.toBe(other);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(password, one)).toEqual({ matches: true, isOutdated: false });
  expect(await passwords.verify(`${password} `, one)).toEqual({ matches: false, isOutdated: false });
});

test('nobody’s password matches, nor one whose hash cannot be read', async () => {
  const passwords = new Passwords();
  for (const hash of [undefined, '', 'x']) expect(await passwords.verify(password, hash)).toMatchObject({ matches: false });
});

test('a hash of another cost is still good, and told to be out of date', async () => {
  const salt = randomBytes(16);
  const cost = { ...presentCost, memory: 64, passes: 1 };
  const tag = argon2Sync('argon2id', { message: password, nonce: salt, parallelism: 1, tagLength: 32, memory: 64, passes: 1 });
  expect(await new Passwords().verify(password, formatHash({ cost, salt, tag }))).toEqual({ matches: true, isOutdated: true });
});

test('while too many wait the next one is sent away, and told to come back', async () => {
  const passwords = new Passwords({ atOnce: 1, mostWaiting: 3 });
  const running = [1, 2, 3].map(() => passwords.hash(password));
  expect(() => passwords.admit()).toThrowError(expect.objectContaining({ code: 'unavailable', retryAfterSeconds: 2 }));
  await Promise.all(running);
  expect(() => passwords.admit()).not.toThrow();
});
