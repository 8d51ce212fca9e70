/** A file that was sent: previewed, or taken in. */
import { readFile } from 'node:fs/promises';
import type { VendorList } from '../../domain/vendor-lines.ts';
import { DEFAULT_LIMITS } from '../../imports/file/limits.ts';
import { markTried } from '../../store/imports/mappings.ts';
import { ZerosLost, importIdOf, isImported, lockImports, takeIn } from '../../store/imports/take-in.ts';
import type { ImportOrder } from '../../store/imports/take-in.ts';
import type { StagedLine } from '../../store/imports/stage.ts';
import { readImport } from '../../store/read/imports.ts';
import { inTransaction } from '../../store/transactions.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { ok } from '../route.ts';
import type { Answer, Call, Upload } from '../route.ts';
import { importView } from '../shapes/imports.ts';
import { admitted, fileRefused, linesRefused, previewOf, problemView } from './admit.ts';
import { PUBLISHED, readingOf } from './reading.ts';
import type { Reading } from './reading.ts';
import { spooled } from './spool.ts';
import type { Spooled } from './spool.ts';
import { mustBeVendor } from './vendor.ts';

interface FileQuery {
  readonly connector: string;
  readonly list: VendorList;
  readonly mapping?: number | 'published' | undefined;
}

export async function previewFile(
  deps: ApiDeps,
  call: Call<unknown, FileQuery & { readonly units: number }, unknown>,
) {
  return withFile(deps, call, async (file, { mapping, read }, limits) => {
    const preview = await previewOf(read(file.path, limits), call.query.units);
    if (mapping !== null && preview.problemCount === 0) await markTried(deps.db, mapping, call.now);
    const units = preview.units.map(({ line, unit }) => ({ line, unit: { ...unit } }));
    const problems = preview.problems.map(problemView);
    return ok({ ...preview, mappingVersion: mapping?.version ?? null, units, problems });
  });
}

export async function importFile(deps: ApiDeps, call: Call<unknown, FileQuery, unknown>) {
  const { query, actor, now } = call;
  return withFile(deps, call, async (file, { mapping, read }, limits, { contentType }) => {
    // What somebody has never seen read a file would show its faults only in the ledger.
    if (mapping !== null && mapping.triedAt === null) throw new Problem('mapping-untried');
    const order: ImportOrder = {
      connector: query.connector,
      list: query.list,
      from: { kind: 'file' },
      documentDigest: file.digest,
      document: () => readFile(file.path),
      contentType,
      mappingDigest: mapping?.digest ?? PUBLISHED,
      mappingVersion: mapping?.version ?? null,
      actor,
      beside: deps.db,
      exceptionsDueAt: new Date(now.getTime() + deps.policy.exceptions.dueMs),
    };
    return takeInOnce(deps, order, () => admitted(read(file.path, limits)), now);
  });
}

/** Takes it in unless it was before: then what came of it is told again. */
export async function takeInOnce(
  deps: ApiDeps,
  order: ImportOrder,
  lines: () => AsyncIterable<StagedLine>,
  now: Date,
) {
  const importId = importIdOf(order);
  const isNew = await inTransaction(deps.db, async (tx) => {
    await lockImports(tx, order.connector);
    if (await isImported(tx, importId)) return false;
    await takeIn(tx, order, lines(), now);
    return true;
  }).catch((error: unknown) => {
    if (!(error instanceof ZerosLost)) throw error;
    const problems = error.lines.map(
      ({ line, serial: value }) =>
        ({ line, field: 'serial', column: null, code: 'serial-lost-zeros', value }) as const,
    );
    throw linesRefused(problems, problems.length);
  });
  const row = await readImport(deps.db, importId);
  if (row === null) throw new Error(`no import ${importId}`);
  return { status: isNew ? 201 : 200, body: importView(row) } as const;
}

/** Puts the file aside and finds out how it is read. */
async function withFile<T>(
  deps: ApiDeps,
  { query, upload }: Call<unknown, FileQuery, unknown>,
  use: (file: Spooled, reading: Reading, limits: typeof DEFAULT_LIMITS, upload: Upload) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const { connector, list, mapping: version = null } = query;
  mustBeVendor(deps, connector, 'query.connector');
  if (upload === null) throw new Error('the route takes a file');
  const limits = deps.importLimits ?? DEFAULT_LIMITS;
  try {
    const { contentType } = upload;
    const reading = await readingOf(deps.db, { connector, list, version, contentType });
    return await spooled(upload.content, limits.fileBytes, (file) => use(file, reading, limits, upload));
  } catch (error) {
    throw fileRefused(error);
  }
}
