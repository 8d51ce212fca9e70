/** A document that no program reads, with what somebody typed from it beside it. */
import { readFile } from 'node:fs/promises';
import type { VendorList } from '../../domain/vendor-lines.ts';
import { checkRows } from '../../imports/check.ts';
import { DEFAULT_LIMITS } from '../../imports/file/limits.ts';
import type { Row } from '../../imports/file/row.ts';
import { fieldsOf } from '../../imports/mapping/cells.ts';
import { publishedMapping } from '../../imports/mapping/published.ts';
import { canonicalDigest, sha256Hex } from '../../ledger/canonical.ts';
import { documentType, keepDocument, readDocument } from '../../store/documents.ts';
import { inTransaction } from '../../store/transactions.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import type { Call } from '../route.ts';
import { admitted } from './admit.ts';
import { takeInOnce } from './run.ts';
import { spooled } from './spool.ts';
import { mustBeVendor } from './vendor.ts';

/** What no program of ours reads. */
export const DOCUMENT_TYPES = [
  'application/pdf',
  'application/octet-stream',
  'image/jpeg',
  'image/png',
  'image/tiff',
] as const;

interface Entered {
  readonly connector: string;
  readonly list: VendorList;
  readonly contentType?: string | undefined;
  /** As received, in base64. */
  readonly document?: string | undefined;
  /** Of one that was sent before. */
  readonly documentDigest?: string | undefined;
  readonly units: readonly Readonly<Record<string, string>>[];
}

export async function enteredImport(deps: ApiDeps, { body, actor, now }: Call<unknown, unknown, Entered>) {
  const { connector, list, units } = body;
  mustBeVendor(deps, connector, 'body.connector');
  const known = new Set(fieldsOf(list));
  const strangers = units.flatMap((unit, index) =>
    Object.keys(unit)
      .filter((name) => !known.has(name))
      .map((name) => ({ path: `body.units.${index}.${name.slice(0, 64)}`, message: 'no field of the list' })),
  );
  if (strangers.length > 0) throw new Problem('invalid-request', strangers);
  const { content, contentType } = await documentOf(deps, body);
  const order = {
    connector,
    list,
    from: { kind: 'entered' },
    documentDigest: sha256Hex(content),
    document: async () => content,
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

/** Sent with the data, or before it. @throws Problem `invalid-request` for neither, for both, and for one that nobody sent */
async function documentOf(
  { db, documents = null }: ApiDeps,
  { document, documentDigest, contentType }: Entered,
) {
  if ((document === undefined) === (documentDigest === undefined))
    throw new Problem('invalid-request', [{ path: 'body', message: 'document or documentDigest' }]);
  if (document !== undefined) {
    if (contentType !== undefined) return { content: Buffer.from(document, 'base64'), contentType };
    throw new Problem('invalid-request', [{ path: 'body.contentType', message: 'missing' }]);
  }
  const kept = await documentType(db, documentDigest ?? '');
  const content = kept === null ? null : await readDocument(db, documents, documentDigest ?? '');
  if (kept !== null && content !== null) return { content, contentType: kept };
  throw new Problem('invalid-request', [
    { path: 'body.documentDigest', message: 'no such document was sent' },
  ]);
}

/** Keeps a document whose data is typed in afterwards. It comes as a stream and is put aside on the disk until it is whole. */
export async function keepSent(deps: ApiDeps, { upload }: Call<unknown, unknown, unknown>) {
  if (upload === null) throw new Error('the route takes a file');
  const limits = deps.importLimits ?? DEFAULT_LIMITS;
  const contentType = upload.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!DOCUMENT_TYPES.some((type) => type === contentType))
    throw new Problem('unsupported-media-type', [
      { path: 'header.content-type', message: `one of ${DOCUMENT_TYPES.join(', ')}` },
    ]);
  return spooled(upload.content, limits.fileBytes, async ({ path, bytes }) => {
    if (bytes === 0) throw new Problem('invalid-request', [{ path: 'body', message: 'empty' }]);
    const content = await readFile(path);
    const documentDigest = await inTransaction(deps.db, (tx) => keepDocument(tx, content, contentType));
    return { status: 201, body: { documentDigest, bytes } } as const;
  });
}

async function* rowsOf(units: Entered['units']): AsyncGenerator<Row> {
  for (const [index, cells] of units.entries()) {
    const trimmed = Object.entries(cells).map(([name, text]) => [name, text.trim()] as const);
    yield { line: index + 1, columns: null, cells: Object.fromEntries(trimmed) };
  }
}
