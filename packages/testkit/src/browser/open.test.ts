import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findChromium } from './open.ts';

test('the browser is the one that is named, else the one on the PATH; a wrong name is said in one sentence', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-browser-'));
  try {
    const program = path.join(folder, 'chromium');
    writeFileSync(program, '');
    expect(() => findChromium({ BATON_CHROMIUM: program })).toThrow(`BATON_CHROMIUM names ${program}, which is no program.`);
    chmodSync(program, 0o755);
    expect(findChromium({ BATON_CHROMIUM: program })).toBe(program);
    expect(findChromium({ PATH: `/nowhere${path.delimiter}${folder}` })).toBe(program);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
