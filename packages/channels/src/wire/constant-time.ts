import { timingSafeEqual } from 'node:crypto';

/** Compares secrets without telling by its duration where they differ; an early answer only tells that the lengths do. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export function sameText(a: string, b: string): boolean {
  return sameBytes(Buffer.from(a), Buffer.from(b));
}
