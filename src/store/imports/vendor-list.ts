/** A list that a vendor's interface answered with: taken in as a file of the published format is. */
import type { CertificateLine, DispositionLine, ReceiptLine } from '../../domain/disposition.ts';
import { certifiedUnit, disposedUnit, receivedUnit } from '../../domain/vendor-lines.ts';
import type { UnitOf, VendorList } from '../../domain/vendor-lines.ts';
import { sha256Hex } from '../../ledger/canonical.ts';
import type { Tx } from '../database.ts';
import type { StagedLine } from './stage.ts';
import { importIdOf, isImported, lockImports, takeIn } from './take-in.ts';

/** Stands for the interface's own format, which has no mapping. */
const VENDOR = 'vendor';

/** One of the lists, as it is staged. */
export interface VendorListRead {
  readonly connector: string;
  /** Which the vendor was asked about; its answer may name units of others. */
  readonly pickupId: string;
  readonly list: VendorList;
  readonly lines: readonly StagedLine[];
  readonly document: Buffer;
  readonly contentType: string;
}

/** Two lines of one list that say different things about one unit. */
export class ListContradicts extends Error {
  override readonly name = 'ListContradicts';
  /** From 1. */
  readonly line: number;

  constructor(line: number) {
    super('the list contradicts itself');
    this.line = line;
  }
}

export function stagedReceipt(lines: readonly ReceiptLine[]): readonly StagedLine[] {
  return staged(lines.map((line) => ({ pickupId: line.pickupId, unit: receivedUnit(line) })));
}

export function stagedCertificates(lines: readonly CertificateLine[]): readonly StagedLine[] {
  return staged(lines.map((line) => ({ pickupId: line.pickupId, unit: certifiedUnit(line) })));
}

export function stagedDispositions(lines: readonly DispositionLine[]): readonly StagedLine[] {
  return staged(lines.map((line) => ({ pickupId: line.pickupId, unit: disposedUnit(line) })));
}

/** @throws ListContradicts */
function staged(
  lines: readonly { readonly pickupId: string; readonly unit: UnitOf[VendorList] }[],
): readonly StagedLine[] {
  const seen = new Map<string, { readonly line: number; readonly digest: string }>();
  return lines.map(({ pickupId, unit }, index): StagedLine => {
    const line = index + 1;
    const digest = sha256Hex(JSON.stringify(unit));
    const key = 'certificateId' in unit ? `${unit.certificateId}\n${unit.serial}` : unit.serial;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, { line, digest });
      return { kind: 'unit', line, unit, digest, pickupId };
    }
    if (before.digest !== digest) throw new ListContradicts(line);
    return { kind: 'duplicate', line, ofLine: before.line, serial: unit.serial };
  });
}

/**
 * Takes it in, over all pickups of that vendor; the same again changes nothing.
 *
 * @param exceptionsDueAt Until when serials that nobody handed over must be decided.
 */
export async function takeInVendorList(
  tx: Tx,
  { connector, pickupId, list, lines, document, contentType }: VendorListRead,
  exceptionsDueAt: Date,
  now: Date,
): Promise<void> {
  const order = {
    connector,
    list,
    from: { kind: 'vendor', pickupId },
    documentDigest: sha256Hex(document),
    document: async () => document,
    contentType,
    mappingDigest: VENDOR,
    mappingVersion: null,
    actor: `connector:${connector}`,
    exceptionsDueAt,
  } as const;
  await lockImports(tx, connector);
  if (await isImported(tx, importIdOf(order))) return;
  await takeIn(tx, order, each(lines), now);
}

async function* each(lines: readonly StagedLine[]): AsyncGenerator<StagedLine> {
  yield* lines;
}
