import type { ProviderAdapter } from './provider.ts';
import { parseTwilio } from './twilio/inbound.ts';
import { twilioMedia } from './twilio/media.ts';
import { buildTwilioSend, readTwilioAnswer } from './twilio/send.ts';
import { verifyTwilio } from './twilio/signature.ts';

/** Twilio's Messaging webhooks and Messages API, for SMS and WhatsApp. */
export const twilio: ProviderAdapter = {
  name: 'twilio',
  contentTypes: ['application/x-www-form-urlencoded', 'application/json'],
  methods: ['GET', 'POST'],
  verify: verifyTwilio,
  parse: parseTwilio,
  // Empty TwiML: anything else would be sent to the customer as an answer.
  answer: () => ({ status: 200, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' }),
  buildSend: buildTwilioSend,
  readSendAnswer: readTwilioAnswer,
  mediaSource: twilioMedia,
};
