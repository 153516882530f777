import type { Channel } from './types.ts';

export const channels: readonly Channel[] = ['sms', 'whatsapp', 'telegram', 'email', 'web', 'voice', 'instagram', 'facebook'];
