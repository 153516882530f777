import type { start } from './main.ts';

// Small and never cached for long: it only knows the name of the script that is cached for ever. An import instead of a script element, because pages that
// require trusted types refuse an element's address, and because it inherits the nonce of this script.
const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[data-channel][src*="/widget.js"]');
if (script?.dataset['channel']) {
  const base = new URL('.', script.src).href;
  const loaded: Promise<{ start: typeof start }> = import(`${base}widget/assets/__ASSET__`);
  loaded.then((widget) => widget.start(base, { ...script.dataset })).catch((error: unknown) => console.error('baton:', error));
}
