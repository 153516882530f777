import { expect, test } from 'vitest';
import type { Role } from '../role.ts';
import { oidcPerson } from './oidc-person.ts';

const roleOf = new Map<string, Role>([
  ['support', 'operator'],
  ['admins', 'owner'],
]);
const rules = { domains: ['trattoria.example'], claim: 'groups', roleOf };
const ada = { email: 'ada@trattoria.example', email_verified: true, name: ' Ada Obi ' };

test('a verified address of an allowed domain is a person, with the most that their groups allow', () => {
  expect(oidcPerson(ada, rules)).toEqual({ email: 'ada@trattoria.example', name: 'Ada Obi', role: undefined });
  expect(oidcPerson({ ...ada, groups: ['support', 'admins', 7] }, rules)?.role).toBe('owner');
  expect(oidcPerson({ ...ada, groups: 'support' }, rules)?.role).toBe('operator');
  expect(oidcPerson({ ...ada, email: 'ada@TRATTORIA.example', name: '' }, rules)?.name).toBe('ada');
});

test('an address that is not verified, is none or is of another domain is nobody', () => {
  for (const claims of [
    { ...ada, email_verified: false },
    { ...ada, email_verified: 'true' },
    { email: ada.email },
    { ...ada, email: undefined },
    { ...ada, email: 'ada' },
    { ...ada, email: 'ada@evil.example' },
    { ...ada, email: 'ada@sub.trattoria.example' },
    { ...ada, email: 'ada@evil.example@trattoria.example' },
  ])
    expect(oidcPerson(claims, rules)).toBeUndefined();
});
