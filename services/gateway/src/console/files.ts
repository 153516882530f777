import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface ConsoleFile {
  type: string;
  plain: Buffer;
  br: Buffer;
  gzip: Buffer;
}

export interface ConsoleFiles {
  /** With `%NONCE%` where the styles' nonce goes. */
  page: string;
  /** By name, hash included. */
  assets: ReadonlyMap<string, ConsoleFile>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Reads a build of `packages/console` into memory, a megabyte at most: no request touches the disk. */
export function readConsole(dir: string): ConsoleFiles {
  const page = path.join(dir, 'index.html');
  if (!existsSync(page)) throw new Error(`BATON_CONSOLE_DIR: there is no ${page}`);
  const folder = path.join(dir, 'assets');
  const names = readdirSync(folder).filter((name) => types[path.extname(name)] !== undefined);
  const assets = names.map((name) => {
    const at = path.join(folder, name);
    const file = { plain: readFileSync(at), br: readFileSync(`${at}.br`), gzip: readFileSync(`${at}.gz`) };
    return [name, { type: types[path.extname(name)]!, ...file }] as const;
  });
  return { page: readFileSync(page, 'utf8'), assets: new Map(assets) };
}
