import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { atLeast, installDigest, parseVersion, refuseNode, tasks } from './bootstrap.mjs';

test('an old Node is refused in one sentence, 20 and newer are not', () => {
  expect(refuseNode('v18.20.4')).toBe('Baton needs Node 20 or newer to start (this is v18.20.4); see https://nodejs.org/en/download.');
  expect(refuseNode('v20.0.0')).toBeUndefined();
  expect(refuseNode('v24.21.0')).toBeUndefined();
  expect(refuseNode('nonsense')).toContain('needs Node 20');
});

test('versions are compared by number, not by letter', () => {
  expect(parseVersion('v24.21.0\n')).toEqual([24, 21, 0]);
  expect(parseVersion('24')).toBeUndefined();
  expect(atLeast([24, 9, 0], [24, 11, 0])).toBe(false);
  expect(atLeast([24, 11, 0], [24, 11, 0])).toBe(true);
  expect(atLeast([26, 0, 0], [24, 11, 0])).toBe(true);
});

test('an install is due when a manifest or the lockfile changed, not when a file was merely touched', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'baton-bootstrap-'));
  try {
    mkdirSync(path.join(dir, 'packages/one'), { recursive: true });
    writeFileSync(path.join(dir, 'pnpm-lock.yaml'), 'a');
    writeFileSync(path.join(dir, 'packages/one/package.json'), '{}');
    const before = installDigest(dir);
    writeFileSync(path.join(dir, 'pnpm-lock.yaml'), 'a');
    expect(installDigest(dir)).toBe(before);
    writeFileSync(path.join(dir, 'packages/one/package.json'), '{"name":"one"}');
    expect(installDigest(dir)).not.toBe(before);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('an unknown task names the known ones and fails', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'baton-bootstrap-'));
  try {
    cpSync(path.join(import.meta.dirname, 'bootstrap.mjs'), path.join(dir, 'scripts/bootstrap.mjs'));
    const run = () =>
      execFileSync(process.execPath, [path.join(dir, 'scripts/bootstrap.mjs'), 'dance'], { stdio: 'pipe', encoding: 'utf8' });
    expect(run).toThrow(new RegExp(`there is no task 'dance'; there are: ${Object.keys(tasks).join(', ')}`));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
