import { isUpToDate, regenerate } from './generated.ts';

// `npm run generate -- --check` changes nothing and fails where the committed types are not those of the proto files.
const good = process.argv.includes('--check') ? isUpToDate() : regenerate();
process.exitCode = good ? 0 : 1;
