/** Files of disposal vendors: tried out, taken in, and what came of them. */
import { z } from 'zod';
import { listImportLines, listImports, readImport } from '../../store/read/imports.ts';
import { DOCUMENT_TYPES, enteredImport, keepSent } from '../imports/entered.ts';
import { importFile, previewFile } from '../imports/run.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Id, Instant, Line } from '../shapes/common.ts';
import {
  ImportLineShape,
  ImportShape,
  LineOutcome,
  List,
  PreviewShape,
  importLineView,
  importView,
} from '../shapes/imports.ts';

/** What a file may be. */
export const FILE_TYPES = [
  'text/csv',
  'application/json',
  'application/jsonl',
  'application/x-ndjson',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/xml',
] as const;

const FileQuery = {
  connector: Line(64).meta({ description: 'A disposal vendor of the configuration.' }),
  list: List,
  mapping: z
    .union([z.literal('published'), z.coerce.number().int().min(1)])
    .optional()
    .meta({
      description:
        'Version of the mapping, or `published` for the published format; left out, the newest version, or the published format if there is none.',
    }),
} as const;

const importRoute = route({
  method: 'post',
  path: '/imports',
  action: 'imports.make',
  summary: 'Takes a file in, line by line, everything or nothing; the same file again changes nothing',
  query: z.strictObject(FileQuery),
  takesFile: FILE_TYPES,
  answer: ImportShape,
  statuses: [201, 200],
  problems: ['file-refused', 'lines-refused', 'mapping-untried', 'not-found', 'payload-too-large'],
  handle: importFile,
});

const previewRoute = route({
  method: 'post',
  path: '/imports/preview',
  action: 'imports.make',
  summary:
    'Reads a file under a mapping and takes nothing in: its first lines in our words, and all problems',
  query: z.strictObject({
    ...FileQuery,
    units: z.coerce
      .number()
      .int()
      .min(1)
      .max(200)
      .default(20)
      .meta({ description: 'How many lines are shown.' }),
  }),
  takesFile: FILE_TYPES,
  answer: PreviewShape,
  problems: ['file-refused', 'not-found', 'payload-too-large'],
  handle: previewFile,
});

const documentRoute = route({
  method: 'post',
  path: '/imports/documents',
  action: 'imports.make',
  summary:
    'Keeps a document that no program reads, as large as a file may be; what is typed from it names its digest',
  takesFile: DOCUMENT_TYPES,
  answer: z
    .object({ documentDigest: z.string().meta({ description: 'SHA-256, hex.' }), bytes: z.int() })
    .meta({ title: 'A document that was kept' }),
  statuses: [201],
  problems: ['payload-too-large', 'unsupported-media-type'],
  handle: keepSent,
});

const enteredRoute = route({
  method: 'post',
  path: '/imports/entered',
  action: 'imports.make',
  summary: 'Keeps a document that cannot be read, such as a PDF, and takes in what somebody typed from it',
  body: z.strictObject({
    connector: Line(64),
    list: List,
    contentType: Line(100)
      .optional()
      .meta({ description: 'Of the document that stands here, such as application/pdf.' }),
    document: z
      .base64()
      .min(4)
      .max(200_000)
      .optional()
      .meta({ description: 'As received, in base64, where it is small.' }),
    documentDigest: z
      .string()
      .regex(/^[0-9a-f]{64}$/u)
      .optional()
      .meta({ description: 'Of one that was sent to `/imports/documents`.' }),
    units: z
      .array(z.record(z.string().max(64), z.string().max(1_000)))
      .min(1)
      .max(200)
      .meta({ description: 'By the names of the published format, as in CSV.' }),
  }),
  answer: ImportShape,
  statuses: [201, 200],
  problems: ['lines-refused'],
  handle: enteredImport,
});

const listRoute = route({
  method: 'get',
  path: '/imports',
  action: 'imports.read',
  summary: 'Files that were taken in, newest first',
  query: z.strictObject({ ...PageQuery, connector: Line(64).optional(), list: List.optional() }),
  answer: pageOf(ImportShape),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const cursor = readCursor(z.tuple([Instant, Id('import')]), query.cursor);
    const after = cursor === null ? null : { importedAt: cursor[0], id: cursor[1] };
    const filter = { connector: query.connector ?? null, list: query.list ?? null };
    const rows = await listImports(db, filter, after, query.limit + 1);
    return ok(toPage(rows, query.limit, importView, (row) => [row.imported_at, row.id]));
  },
});

const OneImport = z.strictObject({ id: Id('import') });

const readRoute = route({
  method: 'get',
  path: '/imports/:id',
  action: 'imports.read',
  summary: 'One file that was taken in',
  params: OneImport,
  answer: ImportShape,
  problems: ['not-found'],
  async handle({ db }, { params }) {
    const row = await readImport(db, params.id);
    if (row === null) throw new Problem('not-found');
    return ok(importView(row));
  },
});

const linesRoute = route({
  method: 'get',
  path: '/imports/:id/lines',
  action: 'imports.read',
  summary: 'What each line of a file came to',
  params: OneImport,
  query: z.strictObject({ ...PageQuery, outcome: LineOutcome.optional() }),
  answer: pageOf(ImportLineShape),
  problems: ['not-found', 'invalid-cursor'],
  async handle({ db }, { params, query }) {
    if ((await readImport(db, params.id)) === null) throw new Problem('not-found');
    const after = readCursor(z.int(), query.cursor);
    const rows = await listImportLines(db, params.id, query.outcome ?? null, after, query.limit + 1);
    return ok(toPage(rows, query.limit, importLineView, (row) => row.line));
  },
});

export const IMPORT_ROUTES = [
  previewRoute,
  documentRoute,
  enteredRoute,
  importRoute,
  listRoute,
  readRoute,
  linesRoute,
];
