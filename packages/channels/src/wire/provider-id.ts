/** Whether a provider's message id can be a key as it stands: 1–255 characters, no control characters, no space at the ends, no lone surrogate. */
export function isProviderId(id: unknown): id is string {
  return typeof id === 'string' && id.length > 0 && id.length <= 255 && id === id.trim() && id.isWellFormed() && !/\p{Cc}/u.test(id);
}
