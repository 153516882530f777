// First process of the floor: HTTP in, durable publish, 202.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { runFloorProcess, subjects } from './process.ts';
import { Publisher } from './publisher.ts';

const accepted = { 'content-type': 'application/json', 'content-length': '14' };

await runFloorProcess('ingest', async (o, bus) => {
  const publisher = new Publisher(bus);
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      publisher.publish(subjects.inbound, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).then(
        () => res.writeHead(202, accepted).end('{"accepted":1}'),
        () => res.writeHead(503).end(),
      );
    });
  });
  server.listen(o.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
});
