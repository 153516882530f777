import { expect, test } from 'vitest';
import { kindOf, shapeProblems } from './shape.ts';

test('the type of a value is read off its look', () => {
  const kinds = {
    '2026-02-14T15:30:00Z': 'time',
    '550e8400-e29b-41d4-a716-446655440000': 'uuid',
    '880b0500-...': 'uuid',
    '+14155551234': 'phone',
    msg_001: 'id msg_',
    agt_PAEZ_njcfm2kycpjs: 'id agt_',
    qualified: 'string',
  };
  for (const [value, kind] of Object.entries(kinds)) expect(kindOf(value)).toBe(kind);
  expect([12, 1.5, false, null, []].map(kindOf)).toEqual(['integer', 'number', 'boolean', 'null', 'array']);
});

test('a field that is missing, of another type, or null where a value is printed is a problem; one more field is none', () => {
  const printed = { id: 'msg_001', n: 1, at: '2026-02-14T15:30:00Z', deep: { flag: true }, none: null };
  const good = { id: 'msg_01kx', n: 4, at: '2026-02-14T15:30:00.123Z', deep: { flag: false, more: 1 }, none: null, extra: 'x' };
  expect(shapeProblems(printed, good)).toEqual([]);
  for (const [field, value] of Object.entries({ id: 'conv_01', n: '4', at: 'yesterday', deep: {}, none: {} }))
    expect(shapeProblems(printed, { ...good, [field]: value })).toHaveLength(1);
  for (const field of Object.keys(printed)) {
    const without = Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));
    expect(shapeProblems(printed, without)).toEqual([`$.${field} is missing`]);
  }
  expect(shapeProblems(printed, [])).toHaveLength(1);
});

test('an element of a list is of the shape that is printed for its direction', () => {
  const printed = [
    { direction: 'outbound', source: 'ai' },
    { direction: 'inbound', body: 'x' },
  ];
  expect(
    shapeProblems(printed, [
      { direction: 'inbound', body: '' },
      { direction: 'outbound', source: 'manual' },
    ]),
  ).toEqual([]);
  expect(shapeProblems(printed, [{ direction: 'outbound' }])).toEqual(['$[0].source is missing']);
  expect(shapeProblems(printed, [{ direction: 'inbound', body: 'x', source: 'ai' }])).toEqual([
    '$[0].source is there, but is printed on others alone',
  ]);
});
