import type { Channel, Provider } from '@baton/contracts/vocabulary.ts';

/** What one provider can do on one channel. */
export interface Capabilities {
  /** Hours after the customer's last message in which free text may be sent; null: always. */
  windowHours: number | null;
  templates: boolean;
  /** The last step the provider reports: nothing, or sent and delivered, or read as well. */
  receipts: 'none' | 'delivered' | 'read';
  typing: boolean;
  /** Files per message that can be sent; 0: none. */
  maxAttachments: number;
  /** UTF-16 units of text in one message. */
  maxTextLength: number;
}

const open: Capabilities = {
  windowHours: null,
  templates: false,
  receipts: 'read',
  typing: false,
  maxAttachments: 10,
  maxTextLength: 65_536,
};

// Twilio: Body ≤ 1,600, ten MediaUrl for MMS, one for WhatsApp (twilio_api_v2010.json and the WhatsApp media guide).
const twilioSms: Capabilities = { ...open, receipts: 'delivered', maxTextLength: 1600 };
const twilioWhatsapp: Capabilities = { ...open, windowHours: 24, templates: true, maxAttachments: 1, maxTextLength: 1600 };
// WhatsApp Cloud: text body ≤ 4,096, one media object per message (business-messaging-api v23.0). Its typing indicator rides on "mark as read".
const metaWhatsapp: Capabilities = { ...open, windowHours: 24, templates: true, typing: true, maxAttachments: 1, maxTextLength: 4096 };

/** `http` and `simulator` carry any channel; WhatsApp's window is the channel's rule, so it holds there too. */
const anyProvider = (channel: Channel): Capabilities => (channel === 'whatsapp' ? { ...open, windowHours: 24, templates: true } : open);

const table: Record<Provider, (channel: Channel) => Capabilities> = {
  twilio: (channel) => (channel === 'whatsapp' ? twilioWhatsapp : twilioSms),
  meta: () => metaWhatsapp,
  http: anyProvider,
  simulator: anyProvider,
};

export function capabilitiesOf(provider: Provider, channel: Channel): Capabilities {
  return table[provider](channel);
}
