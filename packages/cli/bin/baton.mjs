#!/usr/bin/env node
// `npx baton`: the Node that happens to be there (20 or newer) hands over to the checkout's own.
import { main } from '../../../scripts/bootstrap.mjs';

await main(['baton', ...process.argv.slice(2)]);
