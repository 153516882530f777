import { readFileSync } from 'node:fs';
import path from 'node:path';
import { channels, providers } from '@baton/contracts/vocabulary.ts';
import { expect, test } from 'vitest';
import { type Capabilities, capabilitiesOf, providerFacts, type Rate } from './capabilities.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../../docs/guides/channels.md'), 'utf8');

const anySize = 2_147_483_647;
const size = (bytes: number) => (bytes === 0 ? '–' : bytes === anySize ? 'any size' : `${bytes / 1_048_576} MiB`);
const rate = (one: Rate | null) => (one ? `${one.messages} in ${one.seconds} s, ${one.burst} at once` : '–');

function text({ max, unit, longer }: Capabilities['text']): string {
  if (max === 0) return 'none';
  return `${max.toLocaleString('en')} ${unit === 'bytes' ? 'bytes' : 'characters'}, ${longer === 'split' ? 'split' : 'refused beyond'}`;
}

function files({ maxCount, maxCaption, maxBytes, captionless = [] }: Capabilities['media']): string {
  if (maxCount === 0) return 'none';
  const { image, video, audio, document } = maxBytes;
  const sizes = new Set([image, video, audio, document]).size === 1 ? size(image) : [image, video, audio, document].map(size).join(' / ');
  return `${maxCount}, ${sizes}, ${maxCaption === 0 ? 'text apart' : `text beside up to ${maxCaption.toLocaleString('en')}${captionless.map((kind) => `, not ${kind}`).join('')}`}`;
}

function row(provider: (typeof providers)[number], channel: (typeof channels)[number]): string[] {
  const can = capabilitiesOf(provider, channel);
  return [
    channel,
    `\`${provider}\``,
    can.window === null
      ? '–'
      : can.window.humanHours === can.window.hours
        ? `${can.window.hours} h`
        : `${can.window.hours} h, people ${can.window.humanHours} h`,
    can.templates ? 'yes' : '–',
    text(can.text),
    files(can.media),
    can.filesIn ? 'yes' : '–',
    can.receipts === 'none' ? '–' : `up to ${can.receipts}`,
    can.typingSeconds === null ? '–' : `${can.typingSeconds} s`,
    rate(can.rates.account),
    rate(can.rates.pair),
    can.idempotentSend ? 'once' : 'may arrive twice',
    can.optOut,
  ];
}

const heads = [
  'channel',
  'provider',
  'window',
  'templates',
  'text',
  'files',
  'files in',
  'receipts',
  'typing',
  'rate of the account',
  'rate to one customer',
  'sent twice',
  'STOP kept by',
];

test('the guide shows what each provider can do on each channel, as the rules read it', () => {
  const rows = channels.flatMap((channel) =>
    providers.filter((provider) => providerFacts[provider][channel] && provider !== 'simulator').map((provider) => row(provider, channel)),
  );
  const table = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  expect(guide, `docs/guides/channels.md must hold this table:\n${table}\n`).toContain(table);
});
