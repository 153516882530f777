import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import { home } from './place.ts';

/** What is built: one page, whose files carry the hash of their bytes in their names and so never change. */
export function viteConfig(outDir: string): InlineConfig {
  return {
    root: home,
    configFile: false,
    logLevel: 'warn',
    plugins: [react(), tailwind()],
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2023',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 900,
    },
  };
}
