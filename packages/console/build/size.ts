import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Compressed bytes of the scripts that the page names, which are those a browser needs before it shows anything. */
export function scriptOfFirstLoad(out: string): number {
  const page = readFileSync(path.join(out, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) => path.join(out, `${name}.br`));
  return scripts.reduce((sum, file) => sum + statSync(file).size, 0);
}
