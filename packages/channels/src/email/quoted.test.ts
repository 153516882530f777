import fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlToText } from './html.ts';
import { withoutQuote } from './quoted.ts';

const cases: [name: string, mail: string, own: string][] = [
  [
    'Gmail',
    'Yes, Tuesday works.\n\nThanks,\nAda\n\nOn Tue, May 12, 2026 at 3:04 PM Flat Desk <desk@example.com> wrote:\n\n> Would Tuesday suit you?\n>\n> Best\n> Flat Desk\n',
    'Yes, Tuesday works.\n\nThanks,\nAda',
  ],
  [
    'Gmail, attribution wrapped',
    'Ok\n\nOn Tue, May 12, 2026 at 3:04 PM The Very Long Name Of A Housing Company <\ndesk.of.the.housing.company@example.com> wrote:\n\n> Hello\n',
    'Ok',
  ],
  [
    'Gmail in German',
    'Passt mir gut!\n\nAm Di., 12. Mai 2026 um 15:04 Uhr schrieb Wohnungsbüro <\nbuero@example.com>:\n\n> Passt Ihnen Dienstag?\n',
    'Passt mir gut!',
  ],
  [
    'Gmail in Spanish',
    'Sí, perfecto.\n\nEl mar, 12 may 2026 a las 15:04, Oficina (<oficina@example.com>) escribió:\n\n> ¿Le va bien el martes?\n',
    'Sí, perfecto.',
  ],
  [
    'Apple Mail',
    'Works for me.\n\nSent from my iPhone\n\n> On 12 May 2026, at 15:04, Flat Desk <desk@example.com> wrote:\n> \n> \u2028Would Tuesday suit you?\n',
    'Works for me.',
  ],
  [
    'Apple Mail in German',
    'Gerne.\n\nVon meinem iPhone gesendet\n\n> Am 12.05.2026 um 15:04 schrieb Büro <buero@example.com>:\n> \n> Passt Dienstag?\n',
    'Gerne.',
  ],
  [
    'Outlook',
    'Please cancel it.\n\nRegards\nAda\n\n________________________________\nFrom: Flat Desk <desk@example.com>\nSent: Tuesday, May 12, 2026 3:04 PM\nTo: Ada <ada@example.org>\nSubject: Your viewing\n\nWould Tuesday suit you?\n',
    'Please cancel it.\n\nRegards\nAda',
  ],
  [
    'Outlook in German',
    'Bitte stornieren.\n\n\nVon: Büro <buero@example.com>\nGesendet: Dienstag, 12. Mai 2026 15:04\nAn: Ada <ada@example.org>\nBetreff: Ihre Besichtigung\n\nPasst Dienstag?\n',
    'Bitte stornieren.',
  ],
  [
    'Outlook in Spanish',
    'Cancelar, por favor.\n\nDe: Oficina <oficina@example.com>\nEnviado el: martes, 12 de mayo de 2026 15:04\nPara: Ada <ada@example.org>\nAsunto: Su visita\n\n¿Martes?\n',
    'Cancelar, por favor.',
  ],
  ['old Outlook', 'Done.\n\n-----Original Message-----\nFrom: desk@example.com\nHello\n', 'Done.'],
  ['old Outlook in German', 'Erledigt.\n\n-----Ursprüngliche Nachricht-----\nVon: buero@example.com\nHallo\n', 'Erledigt.'],
  ['Thunderbird', 'Fine.\n\n-- \nAda Lovelace\n+44 20 1234\n\nOn 12/05/2026 15:04, Flat Desk wrote:\n> Tuesday?\n', 'Fine.'],
  ['a signature', 'Call me.\n-- \nAda Lovelace\nAnalyst', 'Call me.'],
  ['nothing quoted', 'I wrote:\nto you yesterday.\n\nOn Monday: nobody came.', 'I wrote:\nto you yesterday.\n\nOn Monday: nobody came.'],
  ['an own line with From', 'From: Berlin\nI would like to move.', 'From: Berlin\nI would like to move.'],
];

test.each(cases)('what was answered is taken away: %s', (_, mail, own) => {
  expect(withoutQuote(mail, 'Re: Your viewing')).toBe(own);
  expect(withoutQuote(mail.replaceAll('\n', '\r\n'), 'Re: Your viewing')).toBe(own);
});

test('answers between the lines of a question keep the question', () => {
  const mail =
    'See below.\n\nOn Tue, May 12, 2026 at 3:04 PM Desk <d@example.com> wrote:\n> Which day?\n\nTuesday.\n\n> Which time?\n\nAt nine.\n';
  expect(withoutQuote(mail, 'Re: x')).toContain('> Which day?\n\nTuesday.');
});

test('what was forwarded is there to be read', () => {
  const mail =
    'Is this real?\n\n---------- Forwarded message ---------\nFrom: Bank <b@example.com>\nDate: Tue\nSubject: Pay\nTo: Ada\n\nPay now.';
  expect(withoutQuote(mail, 'Question')).toContain('Pay now.');
  expect(withoutQuote('Look\n\nFrom: A <a@b.c>\nSent: now\nTo: b\nSubject: s\n\nText', 'FW: s')).toContain('Text');
});

test('a mail that is all quote stays whole: something was sent', () => {
  expect(withoutQuote('> Hello\n> there', 'Re: x')).toBe('> Hello\n> there');
});

test('the HTML of clients that send no text comes out as what was written', () => {
  const gmail =
    '<div dir="ltr">Yes, <b>Tuesday</b> works.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, May 12, 2026 at 3:04 PM Desk &lt;<a href="mailto:d@example.com">d@example.com</a>&gt; wrote:<br></div><blockquote class="gmail_quote">Would Tuesday suit you?</blockquote></div>';
  expect(withoutQuote(htmlToText(gmail), 'Re: x')).toBe('Yes, Tuesday works.');
  const outlook =
    '<html><head><style>p{color:red}</style></head><body><p>Cancel it.</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Desk &lt;d@example.com&gt;<br><b>Sent:</b> Tuesday<br><b>To:</b> Ada<br><b>Subject:</b> Viewing</div><p>Tuesday?</p></body></html>';
  expect(withoutQuote(htmlToText(outlook), 'Re: x')).toBe('Cancel it.');
});

test('no mail holds up the others, however it is made: a pattern that backtracks would take minutes here', () => {
  for (const line of ['On ', 'Am x schrieb ', '> ', 'From: a\n', '-', '_', 'El a escribió ', 'x:\n', '> x\ny\n', 'On a wrote:\n'])
    withoutQuote(line.repeat(200_000 / line.length), 'Re: x');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void withoutQuote(text, text)));
});

test.each(['<div>', '<b>x', '<table><tr><td>', '<p>', '<li>', '<td>', '<blockquote>x', '<a href=x>', '<', '<!--', '&nbsp;'])(
  'HTML of nothing but %s is read without holding up the others',
  (part) => {
    expect(htmlToText(`<p>before</p>${part.repeat(1_000_000 / part.length)}`)).toContain('before');
  },
);
