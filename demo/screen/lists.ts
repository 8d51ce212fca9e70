/** The truck, serial by serial: which lists name a unit, from the manifest to the certificate. */
import type { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Reconciled } from '../engine/shapes.ts';

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

export function listsTable(lists: readonly Reconciled[], paint: Paint): string {
  const heads = ['serial', 'manifest', 'dock', 'counted', 'vendor', 'left', 'receipt', 'certificates'];
  const table = new Table({
    head: heads.map((head) => paint('bold', head)),
    style: { head: [], border: [], compact: true },
  });
  const yes = (is: boolean): string => (is ? paint('green', '●') : paint('gray', '○'));
  for (const one of lists)
    table.push([
      one.agrees ? one.serial : paint('yellow', one.serial),
      one.line === null ? paint('yellow', 'not on it') : (one.takenOffAs ?? `line ${one.line}`),
      one.dockVerdict === 'match' ? paint('green', 'match') : paint('yellow', one.dockVerdict ?? 'not seen'),
      yes(one.counted),
      yes(one.vendorScannedAt !== null),
      yes(one.transferredAt !== null),
      yes(one.received),
      one.certificates.length === 0 ? paint('gray', '○') : one.certificates.join(', '),
    ]);
  return table.toString();
}
