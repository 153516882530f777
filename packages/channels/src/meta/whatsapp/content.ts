import type { Attachment } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { asList, asObject, asText, type JsonObject } from '../../wire/json.ts';
import { clip } from '../../wire/text.ts';
import { unsupported } from '../../wire/unsupported.ts';
import { mediaReference } from '../graph.ts';

/** What a WhatsApp message says, as text and references; `metadata` keeps what a text can't say. */
export interface Content {
  text: string;
  attachments: Attachment[];
  metadata: JsonObject;
}

const mediaTypes = new Set(['image', 'video', 'audio', 'voice', 'document', 'sticker']);
/** Not something a customer said: changes of number or id, revocations (of messages that stand as they were answered). */
const silentTypes = new Set(['system', 'revoke', 'request_welcome', 'ephemeral']);

/**
 * The text of each kind of message (packages/channels/README.md lists the rules); undefined: nothing was said.
 * An unknown kind still is a customer who wrote: it becomes a text that says so, never silence.
 */
export function contentOf(message: JsonObject): Content | undefined {
  const type = asText(message['type']);
  if (silentTypes.has(type)) return undefined;
  if (type === 'edit') return edited(asObject(message['edit']) ?? {});
  const body = asObject(Object.hasOwn(message, type) ? message[type] : undefined) ?? {};
  const content = mediaTypes.has(type) ? mediaContent(type, body) : saidContent(type, body, message);
  if (!content) return undefined;
  return { ...content, metadata: { ...(type === 'text' ? {} : { type: clip(type, 64) }), ...content.metadata, ...contextOf(message) } };
}

/** The new wording is a message of its own: the AI may have answered the old one already. */
function edited(edit: JsonObject): Content | undefined {
  const message = asObject(edit['message']) ?? {};
  // An edit of an edit of an edit would be as deep as somebody likes.
  const content = message['type'] === 'edit' ? undefined : contentOf(message);
  return (
    content && { ...content, metadata: { ...content.metadata, type: 'edit', edit_of: clip(asText(edit['original_message_id']), 255) } }
  );
}

function said(text: string, metadata: JsonObject = {}): Content {
  return { text, attachments: [], metadata };
}

function mediaContent(type: string, body: JsonObject): Content {
  const id = asText(body['id']);
  const file: Attachment = {
    // The bytes need the account's token: whoever shows them asks for this reference through Baton.
    url: mediaReference(id),
    content_type: clip(asText(body['mime_type']), 255),
    size: 0,
    name: clip(asText(body['filename']), 255),
  };
  const text = asText(body['caption']);
  if (id === '') return said(text || `[${type} that could not be received]`);
  return { text, attachments: [file], metadata: {} };
}

function saidContent(type: string, body: JsonObject, message: JsonObject): Content | undefined {
  switch (type) {
    case 'text':
      return said(asText(body['body']));
    case 'button':
      return said(asText(body['text']) || asText(body['payload']), { button_payload: clip(asText(body['payload']), 1024) });
    case 'interactive':
      return interactive(body);
    case 'reaction': {
      // Without an emoji a reaction was taken back.
      const emoji = asText(body['emoji']);
      return emoji === '' ? undefined : said(emoji, { reaction_to: clip(asText(body['message_id']), 255) });
    }
    case 'location':
      return location(body);
    case 'contacts':
      return said(asList(message['contacts']).map(contactLine).join('\n'));
    case 'order': {
      const items = asList(body['product_items']).length;
      const note = asText(body['text']);
      return said(`Order of ${items} ${items === 1 ? 'item' : 'items'}${note === '' ? '' : `: ${note}`}`, {
        catalog_id: clip(asText(body['catalog_id']), 255),
      });
    }
    default:
      return unsupported(type, message);
  }
}

function interactive(body: JsonObject): Content {
  const reply = asObject(body['button_reply']) ?? asObject(body['list_reply']);
  if (reply) return said(asText(reply['title']) || asText(reply['id']), { reply_id: clip(asText(reply['id']), 255) });
  const form = asObject(body['nfm_reply']);
  if (form) return said(asText(form['body']) || 'Form sent', { form_response: clip(asText(form['response_json']), 8192) });
  return said('[interactive answer that cannot be shown]');
}

function location(body: JsonObject): Content {
  const [latitude, longitude] = [Number(body['latitude']), Number(body['longitude'])];
  const place = [asText(body['name']), asText(body['address'])].filter((part) => part !== '').join(', ');
  const known = Number.isFinite(latitude) && Number.isFinite(longitude);
  return said(`Location: ${place === '' ? '' : `${place} `}(${known ? `${latitude}, ${longitude}` : 'no coordinates'})`);
}

function contactLine(value: unknown): string {
  const card = asObject(value) ?? {};
  const name = asText(asObject(card['name'])?.['formatted_name']);
  const phones = asList(card['phones']).map((phone) => asText(asObject(phone)?.['phone']));
  return `Contact: ${[name, ...phones].filter((part) => part !== '').join(' ') || 'without name'}`;
}

function contextOf(message: JsonObject): JsonObject {
  const repliesTo = asText(asObject(message['context'])?.['id']);
  const referral = asObject(message['referral']);
  return {
    ...(repliesTo === '' ? {} : { reply_to: clip(repliesTo, 255) }),
    ...(referral
      ? {
          referral: {
            source_type: clip(asText(referral['source_type']), 64),
            source_id: clip(asText(referral['source_id']), 255),
            source_url: clip(asText(referral['source_url']), 2048),
            ctwa_clid: clip(asText(referral['ctwa_clid']), 1024),
          },
        }
      : {}),
  };
}
