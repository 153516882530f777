/**
 * Something the person at the terminal can put right. The message is one sentence that says what to do; it is printed without a stack.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}
