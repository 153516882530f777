/** The messages at the end that are all of one role. */
export function lastOf<M extends { role: string }>(messages: M[], role: string): M[] {
  const before = messages.findLastIndex((message) => message.role !== role);
  return messages.slice(before + 1);
}
