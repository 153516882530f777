import { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { expect, test } from 'vitest';
import { flagAttribute, textAttribute } from './attributes.ts';

const of = (metadata: Record<string, unknown>, attributes?: Record<string, unknown>) =>
  Conversation.fromPartial({ metadata, ...(attributes && { contact: { contactId: 'ctc_x', attributes } }) });

test('the conversation’s own metadata comes before what is known of the contact', () => {
  expect(textAttribute(of({ lead_status: 'lost' }, { lead_status: 'qualified' }), 'lead_status')).toBe('lost');
  expect(textAttribute(of({ lead_status: null }, { lead_status: 'qualified' }), 'lead_status')).toBe('qualified');
  expect(textAttribute(of({}, { lead_status: 'qualified' }), 'lead_status')).toBe('qualified');
  expect(textAttribute(of({}), 'lead_status')).toBeUndefined();
});

test('a value that is no text is none, and only true is true', () => {
  expect(textAttribute(of({ lead_status: { a: 1 } }), 'lead_status')).toBeUndefined();
  expect(textAttribute(of({ lead_status: 7 }), 'lead_status')).toBe('7');
  for (const [value, flag] of [
    [true, true],
    ['true', true],
    [false, false],
    ['yes', false],
    [1, false],
  ])
    expect(flagAttribute(of({ in_sequence: value }), 'in_sequence')).toBe(flag);
  expect(flagAttribute(of({ in_sequence: false }, { in_sequence: true }), 'in_sequence')).toBe(false);
});
