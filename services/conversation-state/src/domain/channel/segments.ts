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

/** How a text is billed as SMS: GSM-7 160 characters alone or 153 a part, UCS-2 70 or 67. One segment on any other channel. */
export function smsSize(channel: Channel, text: string): SmsSize {
  if (channel !== 'sms') return { segments: 1, encoding: '' };
  const widths = gsmWidths(text);
  if (widths) return { segments: parts(widths, 160, 153), encoding: 'gsm7' };
  return { segments: parts(utf16Widths(text), 70, 67), encoding: 'ucs2' };
}

function gsmWidths(text: string): number[] | undefined {
  const widths: number[] = [];
  for (const character of text) {
    if (basic.has(character)) widths.push(1);
    else if (extended.has(character)) widths.push(2);
    else return undefined;
  }
  return widths;
}

const utf16Widths = (text: string) => [...text].map((character) => character.length);

/** A character of two units is never split over two parts. */
function parts(widths: number[], alone: number, each: number): number {
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total <= alone) return 1;
  let count = 1;
  let filled = 0;
  for (const width of widths) {
    if (filled + width > each) {
      count++;
      filled = 0;
    }
    filled += width;
  }
  return count;
}
