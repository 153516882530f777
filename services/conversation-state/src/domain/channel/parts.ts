import { type Capabilities, capabilitiesOf, mediaKindOf, providerFacts, textLength } from '@baton/channels/capabilities.ts';
import type { Channel, Provider } from '@baton/contracts/vocabulary.ts';
import type { FieldFault } from '../directory/directory-rules.ts';
import type { AttachmentRef } from '../rows.ts';
import { splitText } from './split.ts';

/** What one message says. */
export interface Content {
  text: string;
  attachments: AttachmentRef[];
}

/** A longer text is no message any more: whoever wrote it should send a file or a link. */
export const mostParts = 10;

/**
 * A text of so many UTF-16 units fits into one message of any provider; in bytes each unit counts three at most. Channels that are only listened to do not
 * count: nothing fits there, and the sender says so.
 */
const shortestText = Math.min(
  ...Object.values(providerFacts)
    .flatMap((channels) => Object.values(channels))
    .filter(({ capabilities: { text } }) => text.max > 0)
    .map(({ capabilities: { text } }) => (text.unit === 'bytes' ? Math.floor(text.max / 3) : text.max)),
);

/** Whether the content passes whatever the provider is, so that nobody needs to look up which it is. */
export function passesAnywhere(content: Content): boolean {
  return content.attachments.length === 0 && content.text.length <= shortestText;
}

/**
 * The content as the messages that the channel can carry, in order. Files go first, with the text where it fits beside them; a text that is too long for one
 * message becomes several. What no number of messages can carry is refused, by the field that is wrong.
 */
export function partsOf(content: Content, at: { provider: Provider; channel: Channel }): Content[] | { faults: FieldFault[] } {
  const limits = capabilitiesOf(at.provider, at.channel);
  const { text, media } = limits;
  const faults = attachmentFaults(content.attachments, media);
  const room = content.attachments.length === 0 ? text.max : captionRoom(content.attachments, media);
  if (faults.length === 0 && textLength(content.text, text.unit) <= room) return [content];
  const texts = text.longer === 'split' ? splitText(content.text, text) : [content.text];
  if (texts.length > mostParts || texts.some((one) => textLength(one, text.unit) > text.max)) faults.push(tooLong(text));
  if (faults.length > 0) return { faults };
  const files = content.attachments.length === 0 ? [] : [{ text: '', attachments: content.attachments }];
  return [...files, ...texts.map((one) => ({ text: one, attachments: [] }))];
}

/** An AI cannot know how many files a message of the channel takes: what is too many for one becomes several, the text with the first. */
export function filesApart(content: Content, at: { provider: Provider; channel: Channel }): Content[] {
  const { maxCount } = capabilitiesOf(at.provider, at.channel).media;
  if (maxCount === 0 || content.attachments.length <= maxCount) return [content];
  const groups = Array.from({ length: Math.ceil(content.attachments.length / maxCount) }, (_, nth) =>
    content.attachments.slice(nth * maxCount, (nth + 1) * maxCount),
  );
  return groups.map((attachments, nth) => ({ text: nth === 0 ? content.text : '', attachments }));
}

function captionRoom(attachments: AttachmentRef[], media: Capabilities['media']): number {
  const bare = media.captionless ?? [];
  return attachments.some(({ content_type }) => bare.includes(mediaKindOf(content_type))) ? 0 : media.maxCaption;
}

function tooLong(text: Capabilities['text']): FieldFault {
  if (text.max === 0) return { path: '/body', message: 'cannot be sent: on this channel Baton only listens' };
  const limit = `${text.max} ${text.unit === 'bytes' ? 'bytes' : 'characters'}`;
  return {
    path: '/body',
    message:
      text.longer === 'split'
        ? `would be more than ${mostParts} messages of ${limit}, the longest that the channel takes`
        : `must not be longer than ${limit} on this channel`,
  };
}

/** Type and size only count where the caller told them: nobody looks into the file here. */
function attachmentFaults(attachments: AttachmentRef[], media: Capabilities['media']): FieldFault[] {
  if (attachments.length > media.maxCount) {
    const message =
      media.maxCount === 0 ? 'must be empty: the channel takes no files' : `must hold at most ${media.maxCount} on this channel`;
    return [{ path: '/attachments', message }];
  }
  return attachments.flatMap(({ content_type, size }, index) => {
    if (content_type === '') return [];
    const kind = mediaKindOf(content_type);
    const most = media.maxBytes[kind];
    if (most === 0) return [{ path: `/attachments/${index}/content_type`, message: `the channel takes no ${kind} files` }];
    if (size <= most) return [];
    return [{ path: `/attachments/${index}/size`, message: `must be at most ${most} bytes for ${kind} files on this channel` }];
  });
}
