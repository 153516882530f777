import { expect, test } from 'vitest';
import { mirrorIn } from './debian.ts';
import { archiveName, checksumOf } from './release.ts';

test('the mirror is read from deb822 and from one-line sources', () => {
  expect(mirrorIn('Types: deb\n# a note\nURIs: http://mirror.example.org/debian\nSuites: bookworm\n')).toEqual({
    distribution: 'debian',
    uri: 'http://mirror.example.org/debian',
  });
  expect(mirrorIn('deb [arch=amd64 signed-by=/k.gpg] https://mirror.example/debian/ bookworm main')).toEqual({
    distribution: 'debian',
    uri: 'https://mirror.example/debian/',
  });
  expect(mirrorIn('deb http://mirror.example/debian bookworm main')).toEqual({
    distribution: 'debian',
    uri: 'http://mirror.example/debian',
  });
  expect(mirrorIn('URIs: http://archive.ubuntu.com/ubuntu/')?.distribution).toBe('ubuntu');
});

test('security and foreign archives are not taken for the mirror', () => {
  expect(mirrorIn('URIs: http://mirror.example.org/debian-security')).toBeUndefined();
  expect(mirrorIn('deb https://deb.nodesource.com/node_20.x nodistro main')).toBeUndefined();
  expect(mirrorIn('# deb http://mirror.example/debian bookworm main')).toBeUndefined();
});

test('the release archive is named after system and processor', () => {
  expect(archiveName('linux', 'x64')).toMatch(/^nats-server-v\d+\.\d+\.\d+-linux-amd64\.tar\.gz$/);
  expect(archiveName('darwin', 'arm64')).toMatch(/-darwin-arm64\.tar\.gz$/);
  expect(archiveName('win32', 'x64')).toBeUndefined();
});

test('a checksum is found by the whole file name', () => {
  const sums = 'aa11  nats-server-v1.0.0-linux-amd64.tar.gz.asc\nbb22  nats-server-v1.0.0-linux-amd64.tar.gz\n';
  expect(checksumOf(sums, 'nats-server-v1.0.0-linux-amd64.tar.gz')).toBe('bb22');
  expect(checksumOf(sums, 'nats-server-v1.0.0-linux-arm64.tar.gz')).toBeUndefined();
});
