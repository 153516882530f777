import { stopSignal } from '@baton/runtime/stop-signal.ts';
import { loadConfig } from './config.ts';
import { startService } from './service.ts';

await using service = await startService(loadConfig(process.env));
await Promise.race([stopSignal(), service.broken]);
