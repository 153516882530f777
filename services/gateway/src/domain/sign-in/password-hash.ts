/** What Argon2id costs; written into every hash, so that a stored one can be told from one of today. */
export interface HashCost {
  /** KiB. */
  memory: number;
  passes: number;
  lanes: number;
}

/** OWASP's choice of the least memory: an attacker pays for it once a guess, we once a sign-in. */
export const presentCost: HashCost = { memory: 19_456, passes: 2, lanes: 1 };

export interface ParsedHash {
  cost: HashCost;
  salt: Buffer;
  tag: Buffer;
}

// The string format that all Argon2 libraries write.
const shape = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{8,88})\$([A-Za-z0-9+/]{16,88})$/;

export function formatHash({ cost, salt, tag }: ParsedHash): string {
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.lanes}$${bare(salt)}$${bare(tag)}`;
}

/** undefined: not one of ours. */
export function parseHash(text: string): ParsedHash | undefined {
  const found = shape.exec(text);
  if (!found) return undefined;
  const [, memory, passes, lanes, salt = '', tag = ''] = found;
  return {
    cost: { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

export function isPresentCost({ memory, passes, lanes }: HashCost): boolean {
  return memory === presentCost.memory && passes === presentCost.passes && lanes === presentCost.lanes;
}

function bare(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
