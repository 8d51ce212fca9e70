/** Field mappings of disposal vendors: saved as versions, listed. */
import { z } from 'zod';
import { MAPPED_LISTS } from '../../domain/vendor-lines.ts';
import { ErasureMapping, FieldMapping } from '../../imports/mapping/schema.ts';
import { listMappings, saveMapping } from '../../store/imports/mappings.ts';
import { inTransaction } from '../../store/transactions.ts';
import { mustBeVendor } from '../imports/vendor.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { ok, route } from '../route.ts';
import { Line } from '../shapes/common.ts';
import { MappingShape, mappingView } from '../shapes/imports.ts';

const Cursor = z.tuple([z.string(), z.enum(MAPPED_LISTS), z.int()]);

const listRoute = route({
  method: 'get',
  path: '/mappings',
  action: 'mappings.read',
  summary: 'Field mappings by vendor and list, the newest version first',
  query: z.strictObject(PageQuery),
  answer: pageOf(MappingShape),
  problems: ['invalid-cursor'],
  async handle({ db }, { query }) {
    const cursor = readCursor(Cursor, query.cursor);
    const after = cursor === null ? null : { connector: cursor[0], list: cursor[1], version: cursor[2] };
    const rows = await listMappings(db, after, query.limit + 1);
    return ok(toPage(rows, query.limit, mappingView, (row) => [row.connector, row.list, row.version]));
  },
});

const saveRoute = route({
  method: 'post',
  path: '/mappings',
  action: 'mappings.save',
  summary:
    'Saves what the columns and codes of a vendor’s list mean, as the next version; tried out by a preview',
  body: z.strictObject({ connector: Line(64), mapping: z.union([FieldMapping, ErasureMapping]) }),
  answer: MappingShape,
  statuses: [201, 200],
  async handle(deps, { body: { connector, mapping }, actor, now }) {
    mustBeVendor(deps, connector, 'body.connector');
    const saved = await inTransaction(deps.db, (tx) =>
      saveMapping(tx, { connector, list: mapping.list, body: mapping, by: actor }, now),
    );
    return { status: saved.isNew ? 201 : 200, body: mappingView(saved.mapping) };
  },
});

export const MAPPING_ROUTES = [listRoute, saveRoute];
