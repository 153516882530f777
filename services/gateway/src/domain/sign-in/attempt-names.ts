/** Whose attempts are counted together, and how many of them are free. */
export interface AttemptName {
  name: string;
  free: number;
  own: boolean;
}

/**
 * Three counts for an attempt with a password: of this person from this address, where few are free; of this person from anywhere, so that many addresses guess no
 * better, and yet nobody locks somebody else out by five mistakes; and of this address for anybody, where an office must find room.
 */
export function attemptNames(email: string, ip: string): AttemptName[] {
  const [person, place] = [email.toLowerCase(), networkOf(ip)];
  return [
    { name: `pair ${person} ${place}`, free: 5, own: true },
    { name: `person ${person}`, free: 25, own: true },
    { name: `place ${place}`, free: 100, own: false },
  ];
}

/** Of IPv6 the first 64 bits: one customer of a provider has all the rest. */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  const [head = '', tail] = ip.toLowerCase().split('%', 1)[0]!.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}
