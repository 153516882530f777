import type { Reply, Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';

/**
 * The built-in AI for trying things out: says back what is new, `Echo: <text>`, several messages joined by line breaks; a message without text counts as
 * its files (`[2 files]`). Nothing new: silence.
 */
export function echoReply(turn: Turn): Reply {
  const fresh = new Set(turn.newMessageIds);
  const heard = turn.messages
    .filter((message) => fresh.has(message.messageId))
    .map((message) => message.text || (message.attachments.length > 0 ? `[${count(message.attachments.length)}]` : ''))
    .filter((text) => text !== '');
  return {
    messages: heard.length === 0 ? [] : [{ text: `Echo: ${heard.join('\n')}`, attachments: [] }],
    handoff: undefined,
    close: false,
    tags: [],
    status: undefined,
    metadata: undefined,
  };
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
