/** Rows under a mapping: units, or what is wrong with them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldMapping } from '../../../src/imports/mapping/schema.ts';
import { checked, problemsIn, workbook } from './support.ts';

const receipt = (more: object = {}) => ({
  list: 'receipt',
  columns: { serial: 'S/N', receivedAt: 'Received', condition: 'State' },
  constants: { facility: 'Halle' },
  ...more,
});

const csv = (...lines: readonly string[]) => ['s/n,RECEIVED,State', ...lines].join('\n');
const codes = async (line: string, more: object = {}) =>
  problemsIn(await checked(csv(line), receipt(more))).map(([, , code]) => code);

describe('dates', () => {
  const berlin = { dates: { format: 'dd/MM/yy', timeZone: 'Europe/Berlin' } };

  test('03/04/26 is refused until the mapping says which is the month', async () => {
    expect(await codes('ABC123,03/04/26,')).toEqual(['date-ambiguous']);
    expect(await checked(csv('ABC123,03/04/26,'), receipt(berlin))).toMatchObject([
      { unit: { receivedAt: '2026-04-02T22:00:00.000Z' } },
    ]);
    const american = { dates: { format: 'MM/dd/yy', timeZone: 'America/New_York' } };
    expect(await checked(csv('ABC123,03/04/26,'), receipt(american))).toMatchObject([
      { unit: { receivedAt: '2026-03-04T05:00:00.000Z' } },
    ]);
    expect(await codes('ABC123,31/31/26,', berlin)).toEqual(['date-unreadable']);
  });

  test('a time without an offset needs a time zone, also on the day the clocks change', async () => {
    expect(await codes('ABC123,2026-01-02 10:00,')).toEqual(['date-no-zone']);
    const zone = { dates: { timeZone: 'Europe/Berlin' } };
    expect(await checked(csv('ABC123,2026-03-29 04:00,'), receipt(zone))).toMatchObject([
      { unit: { receivedAt: '2026-03-29T02:00:00.000Z' } },
    ]);
    expect(await checked(csv('ABC123,2026-01-02T10:00:00+05:30,'), receipt())).toMatchObject([
      { unit: { receivedAt: '2026-01-02T04:30:00.000Z' } },
    ]);
  });

  test.each(['MM/yy', 'HH:mm', 'cccc', ''])('a format that tells no day is not saved (%j)', (format) => {
    expect(FieldMapping.safeParse(receipt({ dates: { format } })).success).toBe(false);
  });

  test('every day is read as it was written, in any format that is saved', async () => {
    const formats = fc.constantFrom('dd/MM/yyyy', 'M/d/yyyy', 'd MMM yyyy', 'yyyyMMdd', 'dd.MM.yyyy');
    const days = fc.date({ min: new Date('2000-01-01'), max: new Date('2059-12-31'), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(formats, days, async (format, day) => {
        const { DateTime } = await import('luxon');
        const time = DateTime.fromJSDate(day, { zone: 'utc' });
        const text = time.toFormat(format, { locale: 'en' });
        const lines = await checked(csv(`ABC123,${text},`), receipt({ dates: { format, timeZone: 'UTC' } }));
        expect(lines).toMatchObject([{ unit: { receivedAt: `${time.toISODate()}T00:00:00.000Z` } }]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('serials', () => {
  test.each([
    ['1.23E+11', 'serial-scientific'],
    ['"1,23E+11"', 'serial-scientific'],
    ['5E+10', 'serial-scientific'],
    ['To be filled by O.E.M.', 'serial-unusable'],
    ['"=""00123"""', 'formula'],
    ['', 'value-missing'],
  ])('%s is refused: %s', async (serial, code) => {
    expect(await codes(`${serial},2026-01-02T10:00:00Z,`)).toEqual([code]);
  });

  test('a serial that only looks like a number with an exponent is one', async () => {
    expect(await codes('12E45678,2026-01-02T10:00:00Z,')).toEqual([]);
    expect(await checked(csv('00123456,2026-01-02T10:00:00Z,'), receipt())).toMatchObject([
      { unit: { serial: '00123456' } },
    ]);
  });

  test('numbers of a workbook and of JSON are refused as serials, and say why', async () => {
    const cell = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;
    const book = await workbook(
      `<row r="1">${cell('A1', 'S/N')}${cell('B1', 'Received')}${cell('C1', 'State')}</row>
       <row r="2"><c r="A2"><v>123456</v></c><c r="B2" s="1"><v>46057</v></c></row>
       <row r="3">${cell('A3', '00123456')}<c r="B3" s="1"><v>46057</v></c></row>
       <row r="4">${cell('A4', 'ABC1234')}<c r="B4"><v>46057</v></c></row>`,
    );
    const lines = await checked(book, receipt({ dates: { timeZone: 'UTC' } }), 'xlsx');
    expect(problemsIn(lines)).toEqual([
      [2, 'serial', 'serial-is-number'],
      [4, 'receivedAt', 'date-is-number'],
    ]);
    expect(lines[1]).toMatchObject({ unit: { serial: '00123456', receivedAt: '2026-02-04T00:00:00.000Z' } });
    const json = JSON.stringify([{ 'S/N': 123456, Received: '2026-01-02T10:00:00Z' }]);
    expect(problemsIn(await checked(json, receipt(), 'json'))).toEqual([[1, 'serial', 'serial-is-number']]);
  });
});

describe('codes and cells', () => {
  const graded = { conditions: { A: 'good', B: 'damaged' } };

  test('a code is what the mapping says, whatever its case; an unknown one is refused', async () => {
    expect(await checked(csv('ABC123,2026-01-02T10:00:00Z,b'), receipt(graded))).toMatchObject([
      { unit: { condition: 'damaged', facility: 'Halle' } },
    ]);
    expect(await codes('ABC123,2026-01-02T10:00:00Z,C', graded)).toEqual(['code-unknown']);
  });

  test.each(['=1+1', '@SUM(A1)', '+cmd|x', '-2+3*A1', '=HYPERLINK("x")'])('%s is a formula', async (cell) => {
    expect(await codes(`ABC123,2026-01-02T10:00:00Z,"${cell.replaceAll('"', '""')}"`)).toEqual(['formula']);
  });

  test.each(['-', '+49 30 1234-5', '-5'])('%s is none', async (cell) => {
    expect(await codes(`ABC123,2026-01-02T10:00:00Z,${cell}`)).toEqual([]);
  });

  test('columns that are not there are named at once', async () => {
    const lines = await checked('x,y\n1,2\n3,4\n', receipt());
    expect(problemsIn(lines)).toEqual([
      [1, 'serial', 'column-missing'],
      [1, 'receivedAt', 'column-missing'],
      [1, 'condition', 'column-missing'],
    ]);
  });

  test('a mapping without what a line must have, or with one serial for all, is not saved', () => {
    expect(FieldMapping.safeParse({ list: 'receipt', columns: { serial: 'S' } }).success).toBe(false);
    expect(FieldMapping.safeParse(receipt({ constants: { facility: 'x', serial: 'y' } })).success).toBe(
      false,
    );
    expect(
      FieldMapping.safeParse(receipt({ columns: { serial: 'S', colour: 'C', receivedAt: 'R' } })).success,
    ).toBe(false);
  });
});
