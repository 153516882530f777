import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';

test('without anything set the documented ports and folder are used', () => {
  const config = loadConfig([], {}, '/project');
  expect(config).toMatchObject({ command: 'start', dataDir: '/project/.baton', demo: true, host: '127.0.0.1' });
  expect(config.ports).toMatchObject({ gateway: 4000, ingest: 4001, postgres: 4020, nats: 4021 });
});

test('every wrong variable is named in one sentence', () => {
  const env = { BATON_GATEWAY_PORT: 'http', BATON_NATS_PORT: '70000' };
  expect(() => loadConfig([], env, '/')).toThrow(
    'BATON_GATEWAY_PORT must be a port from 1 to 65535, not "http"; BATON_NATS_PORT must be a port from 1 to 65535, not "70000".',
  );
});

test('two services cannot have the same port', () => {
  expect(() => loadConfig([], { BATON_GATEWAY_PORT: '4001' }, '/')).toThrow('BATON_GATEWAY_PORT and BATON_INGEST_PORT are both 4001.');
});

test('an unknown option is refused with the way to the right ones', () => {
  expect(() => loadConfig(['--demon'], {}, '/')).toThrow(/Unknown option '--demon'.*npm start -- --help/s);
});

test('help is answered whatever else is asked', () => {
  expect(loadConfig(['start', '--help'], {}, '/').command).toBe('help');
});

test('tracing and tuning variables reach the services, the secrets of the shell do not', () => {
  const env = { OTEL_TRACES_EXPORTER: 'otlp', BATON_SIMULATOR_DELAY_MS: '5', AWS_SECRET_ACCESS_KEY: 'no', npm_config_token: 'no' };
  expect(loadConfig([], env, '/').passedOn).toEqual({ OTEL_TRACES_EXPORTER: 'otlp', BATON_SIMULATOR_DELAY_MS: '5' });
});
