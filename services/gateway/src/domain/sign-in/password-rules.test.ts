import { expect, test } from 'vitest';
import { normalPassword, passwordProblem } from './password-rules.ts';

const about = ['ada.obi@trattoria.example', 'Ada Obi'];

test('a long password of unrelated words is taken, in any script', () => {
  for (const password of [
    'lantern cupboard ferry',
    'Grün-Boot-7-Zwiebel',
    '雨の日は図書館で本を読む。',
    'x9!kQ2#mVb7&pL',
    '  spaces count too  ',
  ])
    expect([password, passwordProblem(password, about)]).toEqual([password, undefined]);
});

test('what is short, repeated, in a row, often guessed or made of one’s name is refused, and it is said why', () => {
  expect(passwordProblem('short', about)).toMatch(/at least 12/);
  expect(passwordProblem('x'.repeat(300), about)).toMatch(/at most 256/);
  expect(passwordProblem('aaaaaaaaaaaab', about)).toMatch(/too few/);
  expect(passwordProblem('abcdefghijklm', about)).toMatch(/row/);
  expect(passwordProblem('1234567890123', about)).toMatch(/row/);
  for (const guessed of ['Password1234!', 'P@ssw0rd2026!!', '!!!Welcome12345', 'qwertyuiop12', 'monkeyMONKEYmonkey', '9376152048271'])
    expect([guessed, passwordProblem(guessed, about)]).toEqual([guessed, expect.stringMatching(/often guessed/)]);
  for (const own of ['trattoria2026!', 'ada.obi@trattoria.example', 'Trattoria-trattoria-obi']) {
    expect([own, passwordProblem(own, about)]).toEqual([own, expect.stringMatching(/name or address/)]);
  }
});

test('one password, however its letters are composed', () => {
  expect(normalPassword('Zwiebel-Gru\u0308n')).toBe(normalPassword('Zwiebel-Grün'));
});
