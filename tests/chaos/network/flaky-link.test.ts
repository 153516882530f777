import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FlakyLink, weathers } from './flaky-link.ts';

const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
let proxy: FlakyLink;

beforeAll(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FlakyLink.open({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  echo.close();
});

async function talk() {
  const socket = connect(proxy.place);
  let heard = '';
  let closed = false;
  socket.on('data', (bytes) => {
    heard += bytes.toString();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  return { says: (text: string) => socket.write(text), heard: () => heard, closed: () => closed, [Symbol.dispose]: () => socket.destroy() };
}

test('a clear, a slow and a trickling link bring every byte', async () => {
  using line = await talk();
  const said = 'x'.repeat(1000);
  for (const [index, weather] of (['clear', 'slow', 'trickle'] as const).entries()) {
    proxy.weather(weather);
    line.says(said);
    await eventually(line.heard, (heard) => heard.length === said.length * (index + 1));
  }
  proxy.weather('clear');
});

test.for(['hole', 'half'] as const)(
  'what goes into a link that is a %s is lost, and the connection ends when it is over',
  async (weather) => {
    using line = await talk();
    line.says('before');
    await eventually(line.heard, (heard) => heard === 'before');
    proxy.weather(weather);
    line.says('lost');
    using other = await talk();
    other.says('lost');
    proxy.weather('clear');
    await eventually(line.closed);
    expect(line.heard()).toBe('before');
  },
);

test('a broken link resets what there is and what comes', async () => {
  using line = await talk();
  line.says('before');
  await eventually(line.heard, (heard) => heard === 'before');
  proxy.weather('broken');
  await eventually(line.closed);
  using other = await talk();
  await eventually(other.closed);
  proxy.weather('clear');
  expect(weathers).toContain('broken');
});
