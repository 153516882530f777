import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';

const env = {
  BATON_NATS_URL: 'nats://127.0.0.1:4021',
  BATON_INGEST_URL: 'https://in.example.com/',
  BATON_SECRET_KEYS: 'k1:x',
  BATON_SERVICE_TOKEN: 't',
};

test('the simulator is off unless asked for', () => {
  expect(loadConfig(env).simulator).toBeUndefined();
  expect(loadConfig({ ...env, BATON_SIMULATOR: '1', BATON_SIMULATOR_RECEIPTS: 'off' }).simulator).toEqual({
    receipts: false,
    deliveredMs: 200,
    readMs: 1000,
  });
});

test('everything that is missing or malformed is named at once', () => {
  expect(() => loadConfig({ BATON_INGEST_URL: 'in.example.com', BATON_INGEST_PORT: 'x' })).toThrow(
    /BATON_INGEST_PORT.*BATON_NATS_URL.*BATON_SERVICE_TOKEN.*BATON_SECRET_KEYS.*BATON_INGEST_URL/,
  );
});
