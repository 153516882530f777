import { InvalidArgumentError } from 'commander';

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `15m`, `2h`, `7d` → ms */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('It is a number with s, m, h or d: 90s, 15m, 2h, 7d.');
  return Number(number) * units[unit as keyof typeof units];
}

/** A time (RFC 3339), or how long ago: `2026-11-21T08:00:00Z`, `2h`. */
export function moment(text: string): Date {
  if (/^\d+[smhd]$/.test(text)) return new Date(Date.now() - duration(text));
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text))
    throw new InvalidArgumentError('It is a time as 2026-11-21T08:00:00Z, or how long ago: 90s, 15m, 2h, 7d.');
  return date;
}

export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.');
  return Number(text);
}
