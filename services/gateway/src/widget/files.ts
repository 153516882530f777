import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A script as browsers get it. */
export interface Script {
  text: string;
  /** Of its content. */
  digest: string;
}

export interface WidgetFiles {
  /** At an address that never changes; it names the widget. */
  loader: Script;
  /** At an address with the digest of its content. */
  widget: Script & { name: string };
}

/** Made by `npm run generate` and committed, so that nothing has to be built before a start. */
export function readWidgetFiles(): WidgetFiles {
  const read = (name: string) => readFileSync(new URL(`./gen/${name}.js`, import.meta.resolve('@baton/widget/protocol.ts')), 'utf8');
  const widget = script(read('main'));
  const name = `widget-${widget.digest}.js`;
  return { loader: script(read('loader').replace('__ASSET__', name)), widget: { ...widget, name } };
}

function script(text: string): Script {
  return { text, digest: createHash('sha256').update(text).digest('hex').slice(0, 16) };
}
