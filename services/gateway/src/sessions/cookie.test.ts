import { expect, test } from 'vitest';
import { csrfTokenOf, SessionCookie } from './cookie.ts';

const token = 'a'.repeat(43);

test('over TLS the cookie is for this very host, out of reach of scripts and of other sites', () => {
  const cookie = new SessionCookie('https://baton.example.com');
  expect(cookie.set(token, 60)).toBe(`__Host-baton_session=${token}; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Strict`);
  expect(cookie.clear()).toBe('__Host-baton_session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict');
  expect(cookie.read(`a=b; __Host-baton_session=${token}; c`)).toBe(token);
  expect(cookie.read(`baton_session=${token}`)).toBeUndefined();
});

test('without TLS a browser would not keep that, so it does without', () => {
  const cookie = new SessionCookie('http://127.0.0.1:4000');
  expect(cookie.set(token, 60)).toBe(`baton_session=${token}; Max-Age=60; Path=/; HttpOnly; SameSite=Strict`);
  for (const header of [undefined, '', 'baton_session=', 'baton_session=short', `baton_session=${token}é`, `x${token}`])
    expect(cookie.read(header)).toBeUndefined();
});

test('each session has a token of its own against forged requests', () => {
  expect(csrfTokenOf(token)).toMatch(/^[\w-]{43}$/);
  expect(csrfTokenOf(token)).not.toBe(csrfTokenOf('b'.repeat(43)));
});
