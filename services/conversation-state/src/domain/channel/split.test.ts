import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitText, type TextLimit } from './split.ts';

const units = (max: number): TextLimit => ({ max, unit: 'utf16' });
const bytes = (max: number): TextLimit => ({ max, unit: 'bytes' });
const clusters = (text: string) =>
  [...new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)].map((one) => one.segment).filter((one) => one.trim() !== '');

describe('a text that is too long for one message', () => {
  it.each([
    ['ends its parts with sentences', 'One is here. Two is there. Three is gone.', 28, ['One is here. Two is there.', 'Three is gone.']],
    ['takes the end of a line for one', 'A list:\n- apples\n- pears\n- plums', 20, ['A list:\n- apples', '- pears\n- plums']],
    ['knows the full stop of Chinese', '今天天气很好。我们去公园吧。明天见。', 10, ['今天天气很好。', '我们去公园吧。', '明天见。']],
    [
      'is cut between words where a sentence is too long',
      'a sentence without any end at all',
      16,
      ['a sentence', 'without any end', 'at all'],
    ],
    ['keeps a link whole', 'look at https://example.com/a/b now', 26, ['look at', 'https://example.com/a/b', 'now']],
    ['is cut in a word that is longer than a message', 'abcdefghijklmnop', 6, ['abcdef', 'ghijkl', 'mnop']],
    ['never parts an emoji sequence', '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 24, ['👨‍👩‍👧‍👦👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦']],
    ['never parts a flag', '🇩🇪🇫🇷🇮🇹', 6, ['🇩🇪', '🇫🇷', '🇮🇹']],
    ['never parts a letter from its accent', 'e\u0301e\u0301e\u0301', 3, ['e\u0301', 'e\u0301', 'e\u0301']],
  ])('%s', (_what, text, max, parts) => {
    expect(splitText(text, units(max))).toEqual(parts);
  });

  it('does not begin with a message of one short sentence before a whole one', () => {
    const [first] = splitText(`Yes. ${'word '.repeat(100)}`, units(100));
    expect(first!.length).toBeGreaterThan(80);
  });

  it('is counted in bytes where the provider counts them', () => {
    expect(splitText('ääää ääää', bytes(9))).toEqual(['ääää', 'ääää']);
  });

  it('takes a pile of accents apart only because nothing else is left, and never a surrogate pair', () => {
    const parts = splitText(`😀${'\u0301'.repeat(10)}`, units(4));
    expect(parts.join('')).toBe(`😀${'\u0301'.repeat(10)}`);
    expect(parts.every((part) => part.isWellFormed())).toBe(true);
  });
});

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
  fc.constantFrom('👨‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '👍🏽', 'e\u0301', '한국어', 'ไทย', '今天。', 'नमस्ते', '1️⃣'),
  fc.constantFrom(' ', '  ', '\n', '\r\n', '. ', '! ', '? ', '… ', '\t', '\n\n'),
);
const text = fc.array(piece, { minLength: 1, maxLength: 60 }).map((pieces) => pieces.join(''));
const limit = fc.record({ max: fc.integer({ min: 30, max: 200 }), unit: fc.constantFrom('utf16' as const, 'bytes' as const) });

describe('whatever the text', () => {
  it('each part fits, none is empty, and no character is lost, made or taken apart', () => {
    fc.assert(
      fc.property(text, limit, (given, max) => {
        const parts = splitText(given, max);
        const size = (part: string) => (max.unit === 'utf16' ? part.length : Buffer.byteLength(part));
        expect(parts.every((part) => size(part) <= max.max)).toBe(true);
        if (parts.length === 1) return;
        expect(parts.every((part) => part.trim() === part && part !== '')).toBe(true);
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(given.replaceAll(/\s/g, ''));
        if (clusters(given).every((one) => size(one) <= max.max)) expect(parts.flatMap(clusters)).toEqual(clusters(given));
      }),
      { numRuns: 500 },
    );
  });

  it('it is done in time that grows with its length', () => {
    expect(splitText('no end '.repeat(9000), units(1000)).length).toBeGreaterThan(60);
    expect(splitText('x'.repeat(65_536), units(160))).toHaveLength(410);
  });
});
