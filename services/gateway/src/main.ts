import { stopSignal } from '@baton/runtime/stop-signal.ts';
import { loadConfig } from './config.ts';
import { startService } from './service.ts';

await using _ = await startService(loadConfig(process.env));
await stopSignal();
