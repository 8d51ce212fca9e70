/** What goes out in CSV is opened in spreadsheets: no cell of it is calculated. */
import { globSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { writeManifest } from '../../../src/adapters/disposition/document.ts';

const line = {
  pickupId: 'pick_1',
  line: 1,
  serial: 'ABC123',
  manufacturer: 'Dell',
  model: 'Latitude',
  assetTag: '',
  dataBearing: true,
  condition: 'good',
};

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x.test","y")'])(
  'a manifest says %j with an apostrophe in front',
  (assetTag) => {
    const text = writeManifest('pick_1', [{ ...line, assetTag }], 'csv').body.toString('utf8');
    const [row] = parse(text, { columns: true }) as Record<string, string>[];
    expect(row).toMatchObject({ assetTag: `'${assetTag}`, serial: 'ABC123' });
  },
);

test('every writer of CSV in the engine asks for it', () => {
  const root = new URL('../../../', import.meta.url);
  const writers = globSync('src/**/*.ts', { cwd: root })
    .map((file) => ({ file, text: readFileSync(new URL(file, root), 'utf8') }))
    .filter(({ text }) => text.includes("'csv-stringify"));
  expect(writers.map(({ file }) => file)).toContain('src/adapters/disposition/document.ts');
  expect(
    writers.filter(({ text }) => !text.includes('escape_formulas: true')).map(({ file }) => file),
  ).toEqual([]);
});
