const hues = [258, 205, 160, 28, 340, 290, 95, 15];

/** The initials of a person, on a colour that stays theirs. */
export function Avatar({ name, seed, size = 32 }: { name: string | null; seed: string; size?: number }) {
  const hue = hues[[...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7) % hues.length];
  return (
    <span
      aria-hidden
      className="avatar inline-flex shrink-0 items-center justify-center rounded-full font-semibold select-none"
      style={{ width: size, height: size, fontSize: size * 0.37, ['--hue' as string]: String(hue) }}
    >
      {initials(name ?? '')}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  if (words.length === 0) return '#';
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => (word === undefined ? '' : [...word][0]));
  return letters.join('').toLocaleUpperCase();
}
