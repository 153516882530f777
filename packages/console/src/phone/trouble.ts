import type { Texts } from '../texts/en.ts';
import { newPhoneId, type PhonePost } from './ingest.ts';
import photo from './photo.png';

export const troubles = ['duplicate', 'reorder', 'burst', 'photo', 'later', 'stop', 'start'] as const;
export type Trouble = (typeof troubles)[number];

/** What goes wrong on the way to the phone, with the next message to it. */
export const wayBack = {
  refuse: { refuse: 1 },
  late: { receipts_late_ms: 30_000 },
} as const;
export type WayBack = keyof typeof wayBack;

const hourMs = 60 * 60 * 1000;

/** What goes wrong between a phone and us, as requests: each list is one request, and they leave one after the other. */
export function requestsFor(trouble: Trouble, t: Texts['phone'], last: PhonePost | undefined): PhonePost[][] {
  const now = Date.now();
  const said = (text: string, agoMs = 0): PhonePost => ({ id: newPhoneId(), text, at: new Date(now - agoMs) });
  switch (trouble) {
    case 'duplicate':
      return last ? [[last], [last]] : [];
    case 'reorder': {
      const [first, second] = t.reorderTexts;
      return [[said(second)], [said(first, 5000)]];
    }
    case 'burst':
      return Array.from({ length: 10 }, (_, index) => [said(t.burstText(index + 1))]);
    case 'photo':
      return [
        [
          {
            ...said(t.photoText),
            attachments: [{ url: new URL(photo, location.href).href, content_type: 'image/png', name: 'photo.png' }],
          },
        ],
      ];
    case 'later':
      return [[said(t.laterText, 25 * hourMs)]];
    case 'stop':
      return [[said('STOP')]];
    case 'start':
      return [[said('START')]];
    default:
      return trouble satisfies never;
  }
}
