import { describe, expect, it } from 'vitest';
import { type Content, filesApart, mostParts, partsOf, passesAnywhere } from './parts.ts';

const sms = { provider: 'twilio', channel: 'sms' } as const;
const whatsapp = { provider: 'meta', channel: 'whatsapp' } as const;
const anywhere = { provider: 'http', channel: 'sms' } as const;
const photo = { url: 'https://files.example.com/a.jpg', content_type: 'image/jpeg', size: 1000, name: 'a.jpg' };
const saying = (text: string, attachments: Content['attachments'] = []): Content => ({ text, attachments });
const sentences = (count: number) => 'Ten signs. '.repeat(count).trim();

describe('what is said in one message', () => {
  it('stays one where it fits', () => {
    const content = saying(sentences(140), [photo]);
    expect(partsOf(content, sms)).toEqual([content]);
  });

  it('becomes several where the text is too long, each as long as the provider takes', () => {
    const parts = partsOf(saying(sentences(300)), sms) as Content[];
    expect(parts.map((part) => part.text.length)).toEqual([1594, 1594, 109]);
    expect(parts.map((part) => part.text).join(' ')).toBe(sentences(300));
  });

  it('puts a file before a text that is no caption any more', () => {
    expect(partsOf(saying(sentences(90), [photo]), whatsapp)).toMatchObject([saying(sentences(90), [photo])]);
    expect(partsOf(saying(sentences(100), [photo]), whatsapp)).toEqual([saying('', [photo]), saying(sentences(100))]);
  });

  it('sends a text apart from a kind of file that carries none', () => {
    const voice = { ...photo, content_type: 'audio/ogg', name: 'a.ogg' };
    expect(partsOf(saying('Listen', [voice]), whatsapp)).toEqual([saying('', [voice]), saying('Listen')]);
  });

  it('spreads an AI’s files over as many messages as they need, the text with the first', () => {
    expect(filesApart(saying('Menu', [photo, photo, photo]), whatsapp)).toEqual([
      saying('Menu', [photo]),
      saying('', [photo]),
      saying('', [photo]),
    ]);
    expect(filesApart(saying('Menu', [photo, photo]), sms)).toEqual([saying('Menu', [photo, photo])]);
  });

  it.each([
    ['more messages than anybody reads', saying(sentences(1500)), sms, '/body', `more than ${mostParts} messages of 1600 characters`],
    ['more than a receiver that splits by itself takes', saying('x'.repeat(70_000)), anywhere, '/body', 'longer than 65536 characters'],
    ['more files than fit', saying('', [photo, photo]), whatsapp, '/attachments', 'at most 1'],
    [
      'a file that is too large',
      saying('', [{ ...photo, size: 6_000_000 }]),
      whatsapp,
      '/attachments/0/size',
      '5242880 bytes for image files',
    ],
  ])('is refused by the field when it is %s', (_what, content, at, path, message) => {
    expect(partsOf(content, at)).toEqual({ faults: [{ path, message: expect.stringContaining(message) }] });
  });

  it('is not judged by what nobody told of a file', () => {
    expect(partsOf(saying('', [{ ...photo, content_type: '', size: 0 }]), whatsapp)).toHaveLength(1);
  });

  it('cannot go where Baton only listens', () => {
    expect(partsOf(saying('Hello'), { provider: 'twilio', channel: 'voice' })).toEqual({
      faults: [{ path: '/body', message: expect.stringContaining('only listens') }],
    });
  });

  it('needs no look at the provider when it is short and without files', () => {
    expect(passesAnywhere(saying('Hello'))).toBe(true);
    expect(passesAnywhere(saying('x'.repeat(1601)))).toBe(false);
    expect(passesAnywhere(saying('Hello', [photo]))).toBe(false);
  });
});
