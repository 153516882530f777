import { BatonError } from '@baton/errors/baton-error.ts';
import { Busboy } from '@fastify/busboy';
import type { RawRequest } from '../provider.ts';
import { oneHeader } from '../wire/headers.ts';
import { parseJson } from '../wire/json.ts';
import type { MailFile } from './mail.ts';

export interface Form {
  /** The first value of each field. */
  fields: ReadonlyMap<string, string>;
  files: (MailFile & { field: string })[];
}

/** Multipart forms that were read, by the body's bytes; undefined: they are none. */
const read = new WeakMap<Buffer, Form | undefined>();

/** A request's form. Throws `malformed_request` where it cannot be read; a multipart one has been read by `readForm` before. */
export function formOf(request: RawRequest): Form {
  if (mediaType(request) !== 'multipart/form-data') return urlEncoded(request.body);
  const form = read.get(request.body);
  if (!form) throw new BatonError('malformed_request', 'The body is not a multipart form.');
  return form;
}

/** Reads a multipart form, for `formOf`. */
export async function readForm(request: RawRequest): Promise<void> {
  if (mediaType(request) !== 'multipart/form-data' || read.has(request.body)) return;
  read.set(request.body, await multipart(request).catch(() => undefined));
}

const parsed = new WeakMap<Buffer, { value: unknown }>();

/** The same for JSON. */
export function jsonOf(request: RawRequest): unknown {
  let found = parsed.get(request.body);
  if (!found) {
    found = { value: parseJson(request.body) };
    parsed.set(request.body, found);
  }
  return found.value;
}

export function mediaType(request: RawRequest): string {
  return oneHeader(request.headers, 'content-type').split(';', 1)[0]!.trim().toLowerCase();
}

function urlEncoded(body: Buffer): Form {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) if (!fields.has(name)) fields.set(name, value);
  return { fields, files: [] };
}

// A mail has one text, one HTML and its headers as fields; the request's own limit bounds the whole.
const limits = { fields: 200, fieldSize: 8 * 1024 ** 2, files: 50, parts: 250, headerPairs: 100 };

function multipart(request: RawRequest): Promise<Form> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    const files: Form['files'] = [];
    const refuse = () => reject(new BatonError('malformed_request', 'The body is not a multipart form.'));
    try {
      const parser = new Busboy({ headers: { 'content-type': oneHeader(request.headers, 'content-type') }, limits });
      parser.on('field', (name, value) => void (fields.has(name) || fields.set(name, value)));
      parser.on('file', (...[field, stream, name, , contentType]) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        // A part may have no name, whatever the types say.
        stream.on('end', () =>
          files.push({ field: field ?? '', name: name ?? '', contentType: contentType ?? '', bytes: Buffer.concat(chunks) }),
        );
        stream.on('error', refuse);
      });
      parser.on('finish', () => resolve({ fields, files }));
      parser.on('error', refuse);
      parser.end(request.body);
    } catch {
      refuse();
    }
  });
}
