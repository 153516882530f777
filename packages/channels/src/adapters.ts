import type { Provider } from '@baton/contracts/vocabulary.ts';
import { email } from './email.ts';
import { http } from './http.ts';
import { meta } from './meta.ts';
import type { ProviderAdapter } from './provider.ts';
import { simulator } from './simulator.ts';
import { telegram } from './telegram.ts';
import { twilio } from './twilio.ts';
import { web } from './web.ts';

/** Every provider by its name in URLs and rows. */
export const adapters: Readonly<Record<Provider, ProviderAdapter>> = { twilio, meta, telegram, web, email, http, simulator };
