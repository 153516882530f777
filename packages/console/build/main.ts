import { buildConsole } from './build.ts';
import { scriptOfFirstLoad } from './size.ts';

/** Brotli, with all that a first visit needs to show the inbox. */
const limit = 200_000;

// Run by hand, by the image's build, and by CI.
const out = await buildConsole((line) => process.stderr.write(`${line}\n`));
const bytes = scriptOfFirstLoad(out);
process.stdout.write(`${out}\nscript of the first load: ${(bytes / 1000).toFixed(1)} kB compressed (${limit / 1000} kB allowed)\n`);
if (bytes > limit) process.exitCode = 1;
