import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lastMark, mark } from './messages.ts';

export interface Stubs extends AsyncDisposable {
  aiUrl: string;
  providerUrl: string;
  /** Requests that carried no mark: something other than this benchmark's messages went out. */
  strangers(): number;
}

const headers = (length: number) => ({ 'content-type': 'application/json', 'content-length': length });

/**
 * The AI backend and the channel provider, both answering at once and as cheaply as Node's own server can: neither a router, nor a parse of the JSON,
 * nor a check of the signatures. `replied` is told the number of each message whose answer has reached the provider.
 */
export async function startStubs(replied: (number: number) => void): Promise<Stubs> {
  let strangers = 0;
  const ai = await listen((body) => {
    const number = lastMark(body);
    if (number === undefined) strangers++;
    return `{"text":"Thank you, yes: it is free, and tuesday at six suits us well. ${mark(number ?? -1)}"}`;
  });
  const provider = await listen((body) => {
    const number = lastMark(body);
    if (number === undefined) strangers++;
    else replied(number);
    return `{"id":"p-${number}"}`;
  });
  return {
    aiUrl: `${ai.origin}/ai`,
    providerUrl: `${provider.origin}/provider`,
    strangers: () => strangers,
    async [Symbol.asyncDispose]() {
      await ai.close();
      await provider.close();
    },
  };
}

async function listen(answer: (body: Buffer) => string): Promise<{ origin: string; close(): Promise<void> }> {
  // An idle connection that is closed between two steps would show up as an error of the product.
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0, headersTimeout: 0 }, (req, res) => {
    collect(req, (body) => {
      const text = answer(body);
      res.writeHead(200, headers(text.length)).end(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function collect(req: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
}
