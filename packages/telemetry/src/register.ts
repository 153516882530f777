/**
 * Loaded with `node --import @baton/telemetry/register.ts` before a service's own code, so that modules can be instrumented.
 * Does nothing (and loads nothing) unless tracing is asked for by the standard OTEL_* variables.
 */
import { tracingEnabled } from './tracing-enabled.ts';

if (tracingEnabled(process.env)) {
  const { register } = await import('import-in-the-middle/register-hooks.mjs');
  register();
  const { startTracing } = await import('./sdk.ts');
  startTracing();
}
