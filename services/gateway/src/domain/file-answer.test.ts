import { expect, test } from 'vitest';
import { fileAnswer } from './file-answer.ts';

const plain = { name: '', index: 0 };

test.each([
  [['image/jpeg'], 'image/jpeg', 'inline', 'attachment-1.jpg'],
  [['AUDIO/OGG; codecs=opus'], 'audio/ogg', 'inline', 'attachment-1.ogg'],
  [['', 'image/png'], 'image/png', 'inline', 'attachment-1.png'],
  [['application/octet-stream', 'video/mp4'], 'video/mp4', 'inline', 'attachment-1.mp4'],
  [['text/plain; charset=latin1'], 'text/plain; charset=utf-8', 'inline', 'attachment-1.txt'],
  [['application/pdf'], 'application/pdf', 'attachment', 'attachment-1.pdf'],
  [['text/html'], 'application/octet-stream', 'attachment', 'attachment-1.bin'],
  [['image/svg+xml'], 'application/octet-stream', 'attachment', 'attachment-1.bin'],
  [['application/xhtml+xml', 'image/png'], 'application/octet-stream', 'attachment', 'attachment-1.bin'],
  [['constructor'], 'application/octet-stream', 'attachment', 'attachment-1.bin'],
  [[], 'application/octet-stream', 'attachment', 'attachment-1.bin'],
])('%j is given as %s, %s', (told, contentType, disposition, name) => {
  expect(fileAnswer(plain, told)).toEqual({ contentType, disposition, name });
});

test.each([
  ['menu.pdf', 'menu.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['a\r\nset-cookie: x=1', 'aset-cookie: x=1'],
  ['C:\\fake\\photo.jpg', 'photo.jpg'],
  ['\u202egpj.exe', 'gpj.exe'],
  ['Größe.png', 'Größe.png'],
])('the name %j becomes %j', (name, clean) => {
  expect(fileAnswer({ name, index: 0 }, ['image/png']).name).toBe(clean);
});
