import { describe, expect, it } from 'vitest';
import { SEED_NAMES } from '../support/engine/leavers.ts';
import { dataConverter, readHistories } from './histories.ts';

const RUNS = readHistories();
/** Of people, and of their belongings: none may be read out of a history, decoded or not. */
const PERSONAL = [
  SEED_NAMES.givenName,
  SEED_NAMES.familyName,
  SEED_NAMES.mailDomain,
  'ada-laptop',
  'PF0ADA',
  'E-ada',
  '1 Home Street',
];
/** What our own payloads would show if they were not encrypted. */
const OWN_IDS = /(?:case|dev|per|appr|int)_[0-9a-z]{20,}/u;

type Payload = Parameters<NonNullable<typeof dataConverter.payloadCodecs>[number]['decode']>[0][number];

/** Every payload of a history, wherever it hangs. */
function payloadsIn(
  value: unknown,
): readonly { readonly metadata: Record<string, string>; readonly data: string }[] {
  if (Array.isArray(value)) return value.flatMap(payloadsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('metadata' in value && 'data' in value)
    return [value as { metadata: Record<string, string>; data: string }];
  return Object.values(value).flatMap(payloadsIn);
}

async function decoded(): Promise<string> {
  const [codec] = dataConverter.payloadCodecs ?? [];
  const payloads = payloadsIn(RUNS.map(({ history }) => history)).map(({ metadata, data }): Payload => ({
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, text]) => [key, Buffer.from(text, 'base64')]),
    ),
    data: Buffer.from(data, 'base64'),
  }));
  const plain = (await codec?.decode(payloads)) ?? [];
  return plain.map((payload) => Buffer.from(payload.data ?? []).toString('utf8')).join('\n');
}

describe('histories hold no personal data', () => {
  it('has something to look at: ids of cases and devices are in the decoded payloads', async () => {
    expect(await decoded()).toMatch(OWN_IDS);
  });

  it('neither decoded nor raw', async () => {
    const everything = (await decoded()) + JSON.stringify(RUNS);
    expect(PERSONAL.filter((text) => everything.toLowerCase().includes(text.toLowerCase()))).toEqual([]);
  });

  it('seals every payload, but for what the SDK itself notes of a local activity', () => {
    const payloads = RUNS.flatMap(({ history }) => payloadsIn(history.events));
    const sealed = payloads.filter((payload) => encodingOf(payload) === 'binary/encrypted');
    expect(sealed.length).toBeGreaterThan(100);
    for (const { data } of payloads)
      expect(Buffer.from(data, 'base64').toString('latin1')).not.toMatch(OWN_IDS);
    const plain = payloads.filter((payload) => !sealed.includes(payload));
    for (const { data } of plain) {
      const note: unknown = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
      expect(note).toHaveProperty('activity_type');
    }
  });

  it('shows no text of a failure', () => {
    const failures = RUNS.flatMap(({ history }) => found(history.events, 'encodedAttributes'));
    expect(failures.length).toBeGreaterThan(0);
    const shown = failures.map(({ message, stackTrace = '' }) => [message, stackTrace]);
    expect(new Set(shown.flat())).toEqual(new Set(['Encoded failure', '']));
  });
});

function encodingOf({ metadata }: { readonly metadata: Record<string, string> }): string {
  return Buffer.from(metadata['encoding'] ?? '', 'base64').toString();
}

/** Every object within that has a key. */
function found(value: unknown, key: string): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap((one) => found(one, key));
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap((one) => found(one, key));
  return key in value ? [value as Record<string, unknown>, ...inside] : inside;
}
