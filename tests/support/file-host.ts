import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FileHost = AsyncDisposable & {
  url: string;
  /** What it was asked, in order. */
  requests: { path: string; authorization: string | undefined }[];
};

/** A place on loopback where files are, which answers as it is told. */
export async function startFileHost(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<FileHost> {
  const requests: FileHost['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
