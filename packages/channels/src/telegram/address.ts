/**
 * A customer's address: the chat's id, and for chats of a person or firm that the bot answers for (Telegram Business) also the connection, as `<chat>@<connection>`:
 * what goes out there must name it, and the same customer may write to the bot itself as well.
 */
export function addressOf(chatId: number, connection: string): string {
  return connection === '' ? String(chatId) : `${chatId}@${connection}`;
}

const shape = /^(-?\d{1,16})(?:@([A-Za-z0-9_-]{1,128}))?$/;

/** The parts of an address as requests name them; undefined when it is none. */
export function chatOf(address: string): { chat_id: number; business_connection_id?: string } | undefined {
  const match = shape.exec(address);
  if (!match) return undefined;
  return { chat_id: Number(match[1]), ...(match[2] !== undefined && { business_connection_id: match[2] }) };
}

/** One number is one message only within its chat. */
export function messageKey(address: string, messageId: number): string {
  return `${address}:${messageId}`;
}
