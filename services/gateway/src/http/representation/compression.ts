import compress from '@fastify/compress';
import type { App } from '../../context.ts';

/** Below this the headers cost more than the body saves. */
const threshold = 2048;

/**
 * Brotli or gzip for JSON where the caller takes it. Not for routes that stream: a compressor would hold frames and rows back until it has a block full.
 *
 * BREACH (guessing a secret from the size of compressed answers) needs a victim's browser that sends credentials by itself and a secret beside text of the
 * attacker's choice. Credentials here come by header alone, which no foreign page can make a browser send, and the answers that hold a secret
 * (a new key, a ticket) are below the threshold.
 */
export async function compressAnswers(app: App): Promise<void> {
  app.addHook('onRoute', (route) => {
    const response = (route.schema as { response?: Record<string, { content?: object }> } | undefined)?.response ?? {};
    const types = Object.values(response).flatMap((one) => Object.keys(one.content ?? {}));
    if (types.some((type) => !/[/+]json$/.test(type))) route.compress = false;
  });
  await app.register(compress, { globalDecompression: false, encodings: ['br', 'gzip'], threshold });
}
