import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Product } from '../product.ts';

export type HostPage = AsyncDisposable & { origin: string; urlOf(channelAccountId: string, attributes?: Record<string, string>): string };

/** A website with the widget in it, under a policy that allows the widget and nothing else. */
export async function startHostPage(product: Product): Promise<HostPage> {
  const [gateway, ingest] = [product.gatewayUrls[0] ?? '', product.ingestUrls[0] ?? ''];
  const policy = `default-src 'none'; script-src ${gateway}; connect-src ${gateway} ${ingest}; require-trusted-types-for 'script'`;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://host.example');
    const data = [...searchParams].map(([name, value]) => ` data-${name}="${value}"`).join('');
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
    response.end(
      `<!doctype html><html lang="en"><title>A shop</title><main><h1>A shop</h1></main><script src="${gateway}/widget.js"${data} async></script></html>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    urlOf: (channel, attributes = {}) => `${origin}/?${new URLSearchParams({ channel, ...attributes })}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
