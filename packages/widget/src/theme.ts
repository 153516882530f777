export const defaultColor = '#1f5fd1';

/** The accent colour of the page, where it is one that can be read: `#rgb` or `#rrggbb`. */
export function accentOf(given: string | undefined): string {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(given ?? '');
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`.toLowerCase();
  return /^#[0-9a-f]{6}$/i.test(given ?? '') ? (given as string).toLowerCase() : defaultColor;
}

/** Black or white, whichever can be read better on it: one of them always has a contrast of at least 4.5:1. */
export function textOn(color: string): '#000000' | '#ffffff' {
  const light = luminance(color);
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

/** Of WCAG 2. */
export function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
