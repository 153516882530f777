import type { Channel } from '@baton/contracts/vocabulary.ts';

// GSM 03.38 basic set, then the extension table whose characters take two septets (3GPP TS 23.038 §6.2.1).
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const extended = new Set('^{}\\[~]|€\f');

export interface SmsSize {
  segments: number;
  /** Empty where the channel does not count segments. */
  encoding: 'gsm7' | 'ucs2' | '';
}

/** How a text is billed as SMS, one segment on any other channel. Browsers reckon with it too: it must need nothing of Node. */
export function smsSize(channel: Channel, text: string): SmsSize {
  if (channel !== 'sms') return { segments: 1, encoding: '' };
  const { segments, encoding } = measureSms(text);
  return { segments, encoding };
}

export interface SmsMeasure {
  segments: number;
  encoding: 'gsm7' | 'ucs2';
  /** Units that still fit into the last segment: septets, or 16 bits each. */
  left: number;
  /** The characters that GSM-7 does not have, each once: because of them a segment holds less than half. */
  costly: string[];
}

/** GSM-7: 160 characters alone or 153 a part; UCS-2: 70 or 67. */
export function measureSms(text: string): SmsMeasure {
  const characters = [...text];
  const costly = [...new Set(characters.filter((one) => !basic.has(one) && !extended.has(one)))];
  if (costly.length === 0) {
    const widths = characters.map((one) => (basic.has(one) ? 1 : 2));
    return { ...parts(widths, 160, 153), encoding: 'gsm7', costly };
  }
  const widths = characters.map((one) => one.length);
  return { ...parts(widths, 70, 67), encoding: 'ucs2', costly };
}

/** A character of two units is never split over two parts. */
function parts(widths: readonly number[], alone: number, each: number): { segments: number; left: number } {
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total <= alone) return { segments: 1, left: alone - total };
  let segments = 1;
  let filled = 0;
  for (const width of widths) {
    if (filled + width > each) {
      segments++;
      filled = 0;
    }
    filled += width;
  }
  return { segments, left: each - filled };
}
