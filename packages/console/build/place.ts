import path from 'node:path';

/** The folder of this package. */
export const home = path.resolve(import.meta.dirname, '..');
