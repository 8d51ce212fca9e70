/** What cannot be read beside a transaction is left to it. */
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/database.ts';
import { readingBeside } from '../../../src/store/imports/read-beside.ts';

describe('reading beside a transaction', () => {
  test('gives nothing, and no error, once no connection is to be had', async () => {
    const gone = openDatabase('postgres://127.0.0.1:1/none');
    await gone.destroy();
    const read = readingBeside(gone);
    expect(await read(['device:1'])).toEqual(new Map());
    expect(await read(['device:1', 'device:2'])).toEqual(new Map());
  });

  test('gives nothing where there is nothing to read by', async () => {
    expect(await readingBeside(null)(['device:1'])).toEqual(new Map());
  });
});
