export const shortestPassword = 12;
export const longestPassword = 256;

/** Beginnings that most guessed passwords of this length have; compared without what people put around them (digits, signs, a capital). */
const commonCores: ReadonlySet<string> = new Set(
  `password passw0rd passwort contrasena motdepasse senha qwerty qwertyuiop asdfghjkl zxcvbnm qazwsx qazwsxedc azerty letmein welcome willkommen bienvenido
  iloveyou changeme changeit default secret administrator admin master superuser root login sunshine princess football baseball dragon monkey
  trustno abc abcd abcdef abcdefgh abcdefghijkl test testing testtest guest user baton correcthorsebatterystaple`.split(/\s+/),
);

/** The same password, however a keyboard composes its letters. */
export function normalPassword(password: string): string {
  return password.normalize('NFC');
}

/** What is wrong with a new password, for the person who chose it; undefined: nothing. `about`: what others know of them. */
export function passwordProblem(password: string, about: readonly string[]): string | undefined {
  const letters = [...normalPassword(password)];
  if (letters.length < shortestPassword) return `must have at least ${shortestPassword} characters`;
  if (letters.length > longestPassword) return `must have at most ${longestPassword} characters`;
  const plain = normalPassword(password).toLowerCase();
  if (new Set(plain).size < 5) return 'has too few different characters';
  if (isRow(plain)) return 'is a row of neighbouring characters';
  const core = coreOf(plain);
  if (commonCores.has(core) || isRepeated(core)) return 'is one that is often guessed; choose several words that do not belong together';
  const known = about.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= 3);
  const own = known.reduce((rest, word) => rest.replaceAll(word, ''), plain).replace(/[^\p{L}]/gu, '');
  if (own.length < 4 && known.some((word) => plain.includes(word))) return 'is made of your name or address';
  return undefined;
}

/** Without what stands around the letters, and with the letters that signs are put for. */
function coreOf(plain: string): string {
  return plain
    .replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
    .replaceAll('@', 'a')
    .replaceAll('$', 's')
    .replaceAll('3', 'e')
    .replaceAll('1', 'i')
    .replaceAll('0', 'o')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function isRow(plain: string): boolean {
  const codes = [...plain].map((letter) => letter.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, i) => code - (codes[i] ?? 0));
  return steps.filter((step) => Math.abs(step) <= 1).length >= steps.length * 0.8;
}

/** One short word, again and again. */
function isRepeated(core: string): boolean {
  return /^(.{1,6})\1+$/.test(core) || core === '';
}
