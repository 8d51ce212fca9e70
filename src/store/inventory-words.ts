/** What a live word of the inventories changes at a pickup: differences are opened, and settled where it agrees again. */
import { INVENTORY_DIFFERENCES } from '../domain/discrepancy.ts';
import type { Tx } from './database.ts';
import { resolveException } from './exceptions.ts';
import { wordsOf } from './inventory-asks.ts';
import type { InventoryWord } from './inventory-asks.ts';
import { recordBooks } from './pickup-books.ts';
import { openDifferences, raiseDifference } from './pickup-differences.ts';
import type { FoundKind, OpenDifference } from './pickup-differences.ts';
import type { Expected } from './pickup-matching.ts';
import { expectedUnits } from './pickups.ts';

interface Wanted {
  readonly kind: FoundKind;
  readonly about: string;
}

/**
 * Holds the inventories' present word about these serials against the manifest and against what is open. The same word again
 * changes nothing. The caller holds `lockPickup`.
 */
export async function applyWords(
  tx: Tx,
  pickupId: string,
  serials: readonly string[],
  exceptionsDueAt: Date,
  now: Date,
): Promise<void> {
  const words = await wordsOf(tx, pickupId, serials);
  const lines = new Map((await expectedUnits(tx, pickupId, serials)).map((one) => [one.serial, one]));
  const answers = [...words.values()].flatMap(({ serial, known }) => {
    const line = lines.get(serial)?.line;
    return line === undefined || known === null ? [] : [{ line, known }];
  });
  await recordBooks(tx, pickupId, answers, now);
  const open = Map.groupBy(await openDifferences(tx, pickupId, serials), (one) => one.serial);
  for (const [serial, word] of words) {
    const line = lines.get(serial) ?? null;
    const wanted = line === null || !line.leaving ? [] : wantedOf(word, line);
    for (const one of open.get(serial) ?? []) {
      const outcome = settledAs(one, word, wanted);
      if (outcome === null) continue;
      const reason = `serial ${serial}`;
      await resolveException(tx, { exceptionId: one.exceptionId, outcome, reason, by: 'handback' }, now);
      if (one.kind === 'count-unrecorded')
        wanted.push({ kind: 'count-unlisted', about: `serial ${serial}; the inventory has a record of it` });
    }
    const unit = { serial, line: line?.line ?? null, deviceId: line?.deviceId ?? null };
    for (const { kind, about } of wanted)
      await raiseDifference(tx, pickupId, { ...unit, kind }, about, exceptionsDueAt, now);
  }
}

function wantedOf({ serial, known, differs }: InventoryWord, { accepted }: Expected): Wanted[] {
  const gone: readonly Wanted[] =
    known === false ? [{ kind: 'count-not-in-inventory', about: `serial ${serial}` }] : [];
  const said = INVENTORY_DIFFERENCES.flatMap((kind): Wanted[] => {
    const first = differs.find((one) => one.kind === kind);
    // Of what leaves as it was found nobody minds the model.
    if (first === undefined || (accepted && kind === 'inventory-model-mismatch')) return [];
    return [{ kind, about: `serial ${serial}; ${first.connector}: ${first.said}` }];
  });
  return [...gone, ...said];
}

/** How what is open ends by this word; `null`: it stays. An inventory that has not answered settles nothing. */
function settledAs(
  { kind }: OpenDifference,
  { known, isWhole }: InventoryWord,
  wanted: readonly Wanted[],
): string | null {
  if (kind === 'count-not-in-inventory' || kind === 'count-unrecorded')
    return known === true ? 'recorded' : null;
  const isOfInventory = INVENTORY_DIFFERENCES.some((one) => one === kind);
  return isOfInventory && isWhole && !wanted.some((one) => one.kind === kind) ? 'inventory-agrees' : null;
}
