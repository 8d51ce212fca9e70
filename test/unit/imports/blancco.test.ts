/** Blancco's reports: a chassis is as clean as its worst drive. */
import { describe, expect, test } from 'vitest';
import { checkBlancco } from '../../../src/imports/blancco.ts';
import type { CheckedLine } from '../../../src/imports/check.ts';
import { DEFAULT_LIMITS } from '../../../src/imports/file/limits.ts';
import { ErasureMapping } from '../../../src/imports/mapping/schema.ts';
import { gather, problemsIn, withFile } from './support.ts';

const mapping = ErasureMapping.parse({
  list: 'erasure-report',
  methods: {
    'NIST 800-88 Purge': { level: 'purge', method: 'firmware sanitize' },
    'NIST 800-88 Clear': { level: 'clear', method: 'overwrite' },
  },
  dates: { timeZone: 'UTC' },
});

const read = (xml: string): Promise<readonly CheckedLine[]> =>
  withFile(xml, (path) => gather(checkBlancco(path, mapping, DEFAULT_LIMITS)));

const entry = (name: string, value: string) => `<entry name="${name}" type="string">${value}</entry>`;

function erasure(serial: string, state = 'Successful', standard = 'NIST 800-88 Purge'): string {
  const values = entry('state', state) + entry('erasure_standard_name', standard);
  const target = `<entries name="target">${entry('serial', serial)}${entry('model', 'SSD &amp; more')}</entries>`;
  return `<entries name="erasure">${values}${entry('end_time', '2026-01-02T11:00:00+0100')}${target}</entries>`;
}

function disk(serial: string, bus = 'NVMe'): string {
  return `<entries name="disk">${entry('serial', serial)}${entry('interface_type', bus)}</entries>`;
}

function report(id: string, disks: string, erasures: string, serial = 'CHASSIS-1'): string {
  return `<report><blancco_data>
    <description><document_id>${id}</document_id></description>
    <blancco_hardware_report>
      <entries name="system">${entry('manufacturer', 'Dell')}${entry('serial', serial)}</entries>
      <entries name="disks">${disks}</entries>
      <entries name="processors"><entries name="processor">${entry('serial', 'NOT-THIS')}</entries></entries>
    </blancco_hardware_report>
    <blancco_erasure_report><entries name="erasures">${erasures}</entries></blancco_erasure_report>
  </blancco_data></report>`;
}

const units = async (xml: string) =>
  (await read(xml)).map((line) => (line.kind === 'unit' && 'drives' in line.unit ? line.unit : line));

test('chassis and drives are kept apart and linked; all drives pass, the least level counts', async () => {
  const xml = report(
    'doc-1',
    disk('D-0001') + disk('D-0002') + disk('STICK-1', 'USB'),
    erasure('D-0001') + erasure('D-0002', 'Successful', 'NIST 800-88 Clear'),
  );
  expect(await units(`<?xml version="1.0"?><root>${xml}</root>`)).toMatchObject([
    {
      certificateId: 'doc-1',
      serial: 'CHASSIS1',
      manufacturer: 'Dell',
      outcome: 'erased',
      level: 'clear',
      date: '2026-01-02T10:00:00.000Z',
      drives: [
        { serial: 'D0001', outcome: 'erased', level: 'purge', model: 'SSD & more' },
        { serial: 'D0002', outcome: 'erased', level: 'clear' },
      ],
    },
  ]);
});

test.each([
  ['Failed', 'not-erased'],
  ['Cancelled', 'not-erased'],
  ['Successful with exceptions', 'erased-with-exceptions'],
  ['', 'not-erased'],
])('one drive that is %j makes the chassis %s', async (state, outcome) => {
  const xml = report('doc-2', '', erasure('D-0001') + erasure('D-0002', state));
  expect(await units(xml)).toMatchObject([{ outcome }]);
});

test('a drive without an erasure is not clean, and so neither is its chassis', async () => {
  expect(await units(report('doc-3', disk('D-0001') + disk('D-0009'), erasure('D-0001')))).toMatchObject([
    { outcome: 'not-erased', drives: [{ serial: 'D0001' }, { serial: 'D0009', outcome: 'not-erased' }] },
  ]);
});

test('many reports are many lines; the same one twice is named', async () => {
  const one = report('doc-4', '', erasure('D-0001'));
  const other = report('doc-5', '', erasure('D-0002'), 'CHASSIS-2');
  expect(await read(`<reports>${one}${other}${one}</reports>`)).toMatchObject([
    { kind: 'unit', line: 1 },
    { kind: 'unit', line: 2, unit: { serial: 'CHASSIS2' } },
    { kind: 'duplicate', line: 3, ofLine: 1 },
  ]);
});

test('what is missing or not mapped is named, by the number of the report', async () => {
  const lines = await read(report('', '', erasure('D-0001', 'Successful', 'Own standard'), 'Default string'));
  expect(problemsIn(lines)).toEqual(
    expect.arrayContaining([
      [1, 'method', 'code-unknown'],
      [1, 'certificateId', 'value-missing'],
      [1, 'serial', 'serial-unusable'],
    ]),
  );
});

describe('what would attack is refused', () => {
  const lol = '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">';
  test.each([
    ['entities inside entities', `<!DOCTYPE report [${lol}]><report>&c;</report>`, 'doctype'],
    ['an entity from outside', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', 'doctype'],
    ['a document type from outside', '<!DOCTYPE r SYSTEM "http://x.test/r.dtd"><r/>', 'doctype'],
    ['an entity that nobody declared', '<report>&nbsp;</report>', 'not-xml'],
    ['elements without an end of depth', '<a>'.repeat(1_000), 'not-xml'],
    ['a document that ends early', '<report><blancco_data>', 'not-xml'],
    ['a document that is no report', '<html/>', 'not-a-report'],
  ])('%s', async (_name, xml, code) => {
    await expect(read(xml)).rejects.toMatchObject({ name: 'FileRefused', code });
  });
});
