/** After so many deliveries a signal that fails for a reason of its own becomes a dead letter. */
export const mostDeliveries = 8;

/**
 * Whether a failed signal is given up. While a service or database cannot be reached everything fails, so such failures never count:
 * the backlog must drain by itself once the fault is over.
 */
export function givesUp(failure: 'unreachable' | 'unreadable' | 'other', deliveries: number): boolean {
  switch (failure) {
    case 'unreachable':
      return false;
    case 'unreadable':
      return true;
    case 'other':
      return deliveries >= mostDeliveries;
    default:
      return failure satisfies never;
  }
}
