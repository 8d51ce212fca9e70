import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exchangeSchemas, FOLDER } from '../../scripts/generate/exchange-schemas.ts';
import {
  CertificateDocument,
  ManifestLineWire,
  ReceiptLineWire,
} from '../../src/adapters/disposition/exchange.ts';

describe('docs/exchange', () => {
  it('says what the code checks; otherwise run node scripts/generate/exchange-schemas.ts', async () => {
    const expected = await exchangeSchemas();
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.schema.json'));
    expect(new Set(files)).toEqual(new Set(expected.keys()));
    for (const [name, text] of expected) expect(readFileSync(new URL(name, FOLDER), 'utf8'), name).toBe(text);
  });

  it('publishes the fields that were promised, serials as text', () => {
    const fields = (schema: { readonly shape: object }) => Object.keys(schema.shape);
    expect(fields(ManifestLineWire)).toEqual([
      'pickupId',
      'line',
      'serial',
      'manufacturer',
      'model',
      'assetTag',
      'dataBearing',
      'condition',
    ]);
    expect(fields(ReceiptLineWire)).toEqual([
      'pickupId',
      'serial',
      'manufacturer',
      'model',
      'receivedAt',
      'facility',
      'condition',
    ]);
    const published = JSON.stringify(z.toJSONSchema(CertificateDocument, { io: 'input' }));
    expect(published).toContain('"serial":{"type":"string","minLength":1}');
  });
});
