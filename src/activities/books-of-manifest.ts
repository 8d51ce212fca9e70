/**
 * What the books say of a manifest's units, asked before somebody counts them on the dock. Discovery has asked about a leaver's
 * devices; hardware without a person was never asked about, and a missing record may have been made since.
 */
import { ConnectorError } from '../adapters/errors.ts';
import type { Inventory } from '../adapters/inventory/port.ts';
import { pickupStream } from '../domain/fact.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { appendFacts } from '../store/facts.ts';
import { linesWithoutRecord, recordBooks } from '../store/pickup-books.ts';
import type { BooksAnswer } from '../store/pickup-books.ts';
import { lockPickup } from '../store/pickups.ts';
import { inTransaction } from '../store/transactions.ts';
import type { EngineContext } from './context.ts';

/** A vendor that lets through a call a second must not keep the manifest from the disposal vendor for longer than this. */
const PATIENCE_MS = 60_000;

/**
 * Asks every inventory about the lines that none of them is known to have a record of. One that does not answer, or not in
 * time, leaves a line unanswered: what discovery heard then counts. Asked anew with each change of the manifest.
 */
export async function askBooks(context: EngineContext, pickupId: string): Promise<void> {
  const inventories = [...context.connectors.inventory.values()].map(({ port }) => port);
  if (inventories.length === 0) return;
  const until = performance.now() + PATIENCE_MS;
  const answers: BooksAnswer[] = [];
  for (const { line, serial } of await linesWithoutRecord(context.db, pickupId)) {
    if (performance.now() > until) break;
    const known = await isKnown(inventories, serial);
    if (known !== null) answers.push({ line, known });
  }
  if (answers.length === 0) return;
  const now = context.clock();
  await inTransaction(context.db, async (tx) => {
    await lockPickup(tx, pickupId);
    await recordBooks(tx, pickupId, answers, now);
    const fact = {
      stream: pickupStream(pickupId),
      key: `pickup.books-asked:${pickupId}:${now.toISOString()}`,
      type: 'pickup.books-asked',
      actor: 'handback',
      data: { pickupId, asked: answers.length, known: answers.filter(({ known }) => known).length },
    } as const;
    await appendFacts(tx, [fact], now);
  });
}

/** `null` when no inventory has a record and one of them did not answer: its silence is no "no". */
async function isKnown(ports: readonly Inventory[], printed: string): Promise<boolean | null> {
  const serial = normaliseSerial(printed);
  if (serial === null) return null;
  let isSilent = false;
  for (const port of ports) {
    try {
      if ((await port.findBySerial(serial, null)).length > 0) return true;
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      isSilent = true;
    }
  }
  return isSilent ? null : false;
}
