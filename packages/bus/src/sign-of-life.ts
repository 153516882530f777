/**
 * Milliseconds from one sign of life to the next that a reader asks of the server; without two in a row it begins anew. A server does not always tell who waits that
 * the consumer or the stream has been deleted.
 */
export const signOfLifeMs = 1000;
