import { expect, test } from 'vitest';
import { addressAtHost, parseDialectHosts } from './hosts.ts';

const problems: string[] = [];
const hosts = parseDialectHosts(['api.example.com=partner', 'CRM.example.com=crm'], (sentence) => problems.push(sentence));

test('at its own host a dialect answers at the paths of the product that it stands in for', () => {
  expect(problems).toEqual([]);
  expect(addressAtHost(hosts, 'api.example.com', '/v1/accounts/a/conversations?limit=2')).toBe(
    '/dialects/partner/v1/accounts/a/conversations?limit=2',
  );
  expect(addressAtHost(hosts, 'Crm.Example.com:8443', '/api/v1/conversations')).toBe('/dialects/crm/api/v1/conversations');
});

test('at any other host an address means what it says', () => {
  for (const host of ['baton.example.com', 'example.com', undefined])
    expect(addressAtHost(hosts, host, '/v1/conversations')).toBe('/v1/conversations');
});

test('an entry without a host or with a dialect that does not exist is a problem with a sentence', () => {
  const told: string[] = [];
  for (const entry of ['api.example.com', '=partner', 'api.example.com=nothing']) parseDialectHosts([entry], (one) => told.push(one));
  expect(told).toHaveLength(3);
  expect(told[2]).toContain('api.example.com=nothing');
});
