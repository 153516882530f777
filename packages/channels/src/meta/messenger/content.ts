import type { Attachment } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { asList, asObject, asText, type JsonObject } from '../../wire/json.ts';
import { clip } from '../../wire/text.ts';
import { unsupported } from '../../wire/unsupported.ts';

export interface Content {
  text: string;
  attachments: Attachment[];
  metadata: JsonObject;
}

/** Files, with the media type that each mostly has: the webhook names none. */
const fileTypes: Readonly<Record<string, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mp4',
  file: 'application/octet-stream',
};

/** Posts, reels and stories of somebody that a customer shares, and what is said where they say nothing themselves. */
const shared: Readonly<Record<string, string>> = {
  share: '[shared a post]',
  post: '[shared a post]',
  ig_post: '[shared a post]',
  reel: '[shared a reel]',
  ig_reel: '[shared a reel]',
  story_mention: '[mentioned you in a story]',
  ig_story: '[shared a story]',
  ephemeral: '[sent a photo or video to be seen once]',
};

const maxFiles = 10;

/** What a message of Messenger or Instagram says; undefined: nothing was said (it was taken back, or is empty). */
export function contentOf(message: JsonObject): Content | undefined {
  if (message['is_deleted'] === true) return undefined;
  if (message['is_unsupported'] === true) return unsupported('unsupported', message);
  const parts = asList(message['attachments'])
    .slice(0, maxFiles)
    .map((one) => partOf(asObject(one) ?? {}));
  const text = asText(message['text']) || parts.flatMap((part) => (part.text === '' ? [] : [part.text])).join('\n');
  const attachments = parts.flatMap((part) => part.attachments);
  if (text === '' && attachments.length === 0) return undefined;
  return { text, attachments, metadata: Object.assign({}, ...parts.map((part) => part.metadata), contextOf(message)) };
}

function partOf(attachment: JsonObject): Content {
  const type = asText(attachment['type']);
  const payload = asObject(attachment['payload']) ?? {};
  const url = asText(payload['url']) || asText(attachment['url']);
  const file = isWebUrl(url) ? [reference(url, Object.hasOwn(fileTypes, type) ? fileTypes[type]! : '')] : [];
  if (Object.hasOwn(fileTypes, type)) {
    return { text: file.length > 0 ? '' : `[${type} that could not be received]`, attachments: file, metadata: { type } };
  }
  if (Object.hasOwn(shared, type)) return { text: shared[type]!, attachments: file, metadata: { type } };
  if (type === 'location') return place(attachment, payload);
  if (type === 'fallback') {
    const words = [asText(attachment['title']), url].filter((part) => part !== '').join(' ');
    return { text: words || '[shared a link]', attachments: [], metadata: { type: 'link' } };
  }
  return unsupported(type, attachment);
}

function reference(url: string, contentType: string): Attachment {
  return { url, content_type: contentType, size: 0, name: '' };
}

function isWebUrl(url: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(url) && url.length <= 2048;
}

function place(attachment: JsonObject, payload: JsonObject): Content {
  const point = asObject(payload['coordinates']) ?? {};
  const [latitude, longitude] = [Number(point['lat']), Number(point['long'])];
  const title = asText(attachment['title']);
  const where = Number.isFinite(latitude) && Number.isFinite(longitude) ? `${latitude}, ${longitude}` : 'no coordinates';
  return { text: `Location: ${title === '' ? '' : `${title} `}(${where})`, attachments: [], metadata: { type: 'location' } };
}

function contextOf(message: JsonObject): JsonObject {
  const reply = asObject(message['reply_to']);
  const story = asObject(reply?.['story']);
  const repliesTo = asText(reply?.['mid']);
  const quick = asText(asObject(message['quick_reply'])?.['payload']);
  return {
    ...(repliesTo !== '' && { reply_to: clip(repliesTo, 255) }),
    ...(story && { story: { id: clip(asText(story['id']), 255), url: clip(asText(story['url']), 2048) } }),
    ...(quick !== '' && { button_payload: clip(quick, 1024) }),
    ...referralOf(message),
  };
}

/** The advertisement or link that led here. */
export function referralOf(from: JsonObject): JsonObject {
  const referral = asObject(from['referral']);
  if (!referral) return {};
  const names = ['ref', 'source', 'type', 'ad_id'];
  return {
    referral: Object.fromEntries(names.map((name) => [name, clip(asText(referral[name]), 2048)]).filter(([, value]) => value !== '')),
  };
}
