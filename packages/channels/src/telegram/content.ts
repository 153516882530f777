import type { Attachment } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { asList, asObject, asText, type JsonObject } from '../wire/json.ts';
import { clip } from '../wire/text.ts';
import { unsupported } from '../wire/unsupported.ts';
import { fileReference } from './media.ts';

export interface Content {
  text: string;
  attachments: Attachment[];
  metadata: JsonObject;
}

/** Files by the field they stand in, with the media type that Telegram does not always name. */
const fileTypes: Readonly<Record<string, string>> = {
  animation: 'video/mp4',
  audio: 'audio/mpeg',
  document: 'application/octet-stream',
  sticker: 'image/webp',
  video: 'video/mp4',
  video_note: 'video/mp4',
  voice: 'audio/ogg',
};

/** Things that happened in a chat, said by nobody. */
const silent = [
  'pinned_message',
  'message_auto_delete_timer_changed',
  'write_access_allowed',
  'users_shared',
  'chat_shared',
  'boost_added',
  'chat_background_set',
  'connected_website',
  'proximity_alert_triggered',
];

/** What a message says, as text and references; undefined: nothing was said. */
export function contentOf(message: JsonObject): Content | undefined {
  const said = bodyOf(message);
  return said && { ...said, metadata: { ...said.metadata, ...contextOf(message) } };
}

function bodyOf(message: JsonObject): Content | undefined {
  const text = asText(message['text']);
  if (text !== '') return plain(text);
  const photo = asObject(asList(message['photo']).at(-1));
  if (photo) return file('photo', photo, 'image/jpeg', asText(message['caption']));
  // An animation stands there as document too, for older bots.
  const kind = Object.keys(fileTypes).find((name) => asObject(message[name]));
  if (kind !== undefined) {
    const body = asObject(message[kind])!;
    return file(kind, body, fileTypes[kind]!, asText(message['caption']) || (kind === 'sticker' ? asText(body['emoji']) : ''));
  }
  const venue = asObject(message['venue']);
  const location = asObject(venue?.['location']) ?? asObject(message['location']);
  if (location) return place(location, venue ?? {});
  const contact = asObject(message['contact']);
  if (contact) return contactCard(contact);
  if (silent.some((name) => Object.hasOwn(message, name))) return undefined;
  return unsupported(kindOf(message), message);
}

function plain(text: string, metadata: JsonObject = {}): Content {
  return { text, attachments: [], metadata };
}

function file(type: string, body: JsonObject, contentType: string, text: string): Content {
  const id = asText(body['file_id']);
  if (id === '' || id.length > 1024) return plain(text || `[${type} that could not be received]`, { type });
  const size = body['file_size'];
  const reference: Attachment = {
    url: fileReference(id),
    content_type: clip(asText(body['mime_type']), 255) || contentType,
    size: typeof size === 'number' && Number.isInteger(size) && size >= 0 && size <= 0x7fff_ffff ? size : 0,
    name: clip(asText(body['file_name']), 255),
  };
  return { text, attachments: [reference], metadata: { type } };
}

function place(location: JsonObject, venue: JsonObject): Content {
  const [latitude, longitude] = [Number(location['latitude']), Number(location['longitude'])];
  const name = [asText(venue['title']), asText(venue['address'])].filter((part) => part !== '').join(', ');
  const known = Number.isFinite(latitude) && Number.isFinite(longitude);
  const where = known ? `${latitude}, ${longitude}` : 'no coordinates';
  return plain(`Location: ${name === '' ? '' : `${name} `}(${where})`, { type: 'location' });
}

function contactCard(contact: JsonObject): Content {
  const parts = [asText(contact['first_name']), asText(contact['last_name']), asText(contact['phone_number'])];
  return plain(`Contact: ${parts.filter((part) => part !== '').join(' ') || 'without name'}`, { type: 'contact' });
}

/** The field that names the kind: the first that is not part of every message. */
function kindOf(message: JsonObject): string {
  const common = new Set([
    'message_id',
    'from',
    'sender_chat',
    'sender_business_bot',
    'date',
    'chat',
    'business_connection_id',
    'edit_date',
    'reply_to_message',
    'via_bot',
    'has_protected_content',
    'is_from_offline',
  ]);
  return Object.keys(message).find((name) => !common.has(name)) ?? 'empty';
}

function contextOf(message: JsonObject): JsonObject {
  const repliesTo = asObject(message['reply_to_message'])?.['message_id'];
  const album = asText(message['media_group_id']);
  return {
    ...(typeof repliesTo === 'number' && { reply_to: repliesTo }),
    ...(album !== '' && { album: clip(album, 64) }),
    ...(asObject(message['forward_origin']) && { forwarded: true }),
  };
}
