/** A document that no program reads, with what somebody typed from it beside it. */
import type { VendorList } from '../../domain/vendor-lines.ts';
import { checkRows } from '../../imports/check.ts';
import type { Row } from '../../imports/file/row.ts';
import { fieldsOf } from '../../imports/mapping/cells.ts';
import { publishedMapping } from '../../imports/mapping/published.ts';
import { canonicalDigest, sha256Hex } from '../../ledger/canonical.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import type { Call } from '../route.ts';
import { admitted } from './admit.ts';
import { takeInOnce } from './run.ts';
import { mustBeVendor } from './vendor.ts';

interface Entered {
  readonly connector: string;
  readonly list: VendorList;
  readonly contentType: string;
  readonly document: string;
  readonly units: readonly Readonly<Record<string, string>>[];
}

export async function enteredImport(deps: ApiDeps, { body, actor, now }: Call<unknown, unknown, Entered>) {
  const { connector, list, contentType, units } = body;
  mustBeVendor(deps, connector, 'body.connector');
  const known = new Set(fieldsOf(list));
  const strangers = units.flatMap((unit, index) =>
    Object.keys(unit)
      .filter((name) => !known.has(name))
      .map((name) => ({ path: `body.units.${index}.${name.slice(0, 64)}`, message: 'no field of the list' })),
  );
  if (strangers.length > 0) throw new Problem('invalid-request', strangers);
  const document = Buffer.from(body.document, 'base64');
  const order = {
    connector,
    list,
    from: { kind: 'entered' },
    documentDigest: sha256Hex(document),
    document: async () => document,
    contentType,
    // The same document with other data beside it is another import.
    mappingDigest: `entered:${canonicalDigest(units)}`,
    mappingVersion: null,
    actor,
    exceptionsDueAt: new Date(now.getTime() + deps.policy.exceptions.dueMs),
  } as const;
  const lines = () => admitted(checkRows(rowsOf(units), publishedMapping(list, false), true));
  return takeInOnce(deps, order, lines, now);
}

async function* rowsOf(units: Entered['units']): AsyncGenerator<Row> {
  for (const [index, cells] of units.entries()) {
    const trimmed = Object.entries(cells).map(([name, text]) => [name, text.trim()] as const);
    yield { line: index + 1, columns: null, cells: Object.fromEntries(trimmed) };
  }
}
