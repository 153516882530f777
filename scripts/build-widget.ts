import path from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './command.ts';

// `node scripts/build-widget.ts <folder>`: the two scripts that browsers get, the loader and the widget itself.
const [, , folder = ''] = process.argv;
const target = 'es2022';

await bundle('loader', 'iife');
await bundle('main', 'esm');

async function bundle(name: 'loader' | 'main', format: 'iife' | 'esm'): Promise<void> {
  await using build = await rolldown({
    input: path.join(root, 'packages/widget/src', `${name}.ts`),
    platform: 'browser',
    transform: { target },
    tsconfig: false,
    treeshake: true,
    // What the address is made of is only known in the browser.
    external: () => false,
    onLog: (_level, log) => {
      throw new Error(`packages/widget: ${log.message}`);
    },
  });
  await build.write({ file: path.join(folder, `${name}.js`), format, minify: true, comments: false });
}
