/** Devices with their custodies, and the scans with which they come back. */
import { z } from 'zod';
import { CONDITIONS } from '../../domain/inspection.ts';
import { OWNERSHIPS, PLATFORMS } from '../../domain/platform.ts';
import { recordIntakeScan } from '../../store/intake-scans.ts';
import type { IntakeVerdict } from '../../store/intake-scans.ts';
import { epochsOf, listDevices, readDevice } from '../../store/read/devices.ts';
import type { DeviceRow } from '../../store/read/devices.ts';
import { snapshot } from '../../store/read/snapshot.ts';
import { loadCustody } from '../../store/rule-facts.ts';
import type { ApiDeps } from '../deps.ts';
import { PageQuery, pageOf, readCursor, toPage } from '../pagination.ts';
import { Problem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { readable } from '../serials.ts';
import type { Answer } from '../route.ts';
import { CUSTODY_STATES, CustodyShape, gateStates } from '../shapes/cases.ts';
import { Id, Instant, Line, MaybeInstant, Serial } from '../shapes/common.ts';
import { GateStates } from '../shapes/gates.ts';
import { custodyStanding } from '../views/case-standing.ts';
import { custodyView } from '../views/case-view.ts';
import { inTransaction } from '../../store/transactions.ts';

const OneDevice = z.strictObject({ id: Id('device') });

const Head = {
  id: z.string(),
  serial: z.string(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  assetTag: z.string().nullable(),
  platform: z.enum(PLATFORMS),
  ownership: z.enum(OWNERSHIPS),
};

const DeviceSummary = z
  .object({
    ...Head,
    custodies: z.array(
      z.object({
        epoch: z.int(),
        caseId: z.string(),
        state: z.enum(CUSTODY_STATES),
        gates: GateStates,
        dueAt: MaybeInstant,
      }),
    ),
  })
  .meta({ title: 'A device in a list' });

const DeviceDetail = z
  .object({
    ...Head,
    custodies: z
      .array(CustodyShape)
      .meta({ description: 'Each epoch as it stands now; a planned one is not shown yet.' }),
  })
  .meta({ title: 'A device and who had it' });

const listRoute = route({
  method: 'get',
  path: '/devices',
  action: 'devices.read',
  summary: 'Devices that have been in custody',
  query: z.strictObject({
    ...PageQuery,
    serial: Serial.optional(),
    custody: z.enum(CUSTODY_STATES).optional(),
  }),
  answer: pageOf(DeviceSummary),
  problems: ['invalid-cursor', 'serial-unreadable'],
  async handle({ db }, { query }) {
    const filter = {
      serial: query.serial === undefined ? null : readable(query.serial),
      custody: query.custody ?? null,
    };
    const rows = await listDevices(db, filter, readCursor(Id('device'), query.cursor), query.limit + 1);
    const epochs = await epochsOf(
      db,
      rows.map((row) => row.id),
    );
    const summary = (row: DeviceRow) => ({
      ...head(row),
      custodies: epochs
        .filter((one) => one.device_id === row.id)
        .map((one) => ({
          epoch: one.epoch,
          caseId: one.case_id,
          state: one.state,
          gates: gateStates(one.gates),
          dueAt: one.due_at,
        })),
    });
    return ok(toPage(rows, query.limit, summary, (row) => row.id));
  },
});

const readRoute = route({
  method: 'get',
  path: '/devices/:id',
  action: 'devices.read',
  summary: 'A device: its custody epochs, each with its gates as they stand now',
  params: OneDevice,
  answer: DeviceDetail,
  problems: ['not-found'],
  handle: (deps, { params, now }) =>
    snapshot(deps.db, async (tx) => {
      const row = await readDevice(tx, params.id);
      if (row === null) throw new Problem('not-found');
      const opened = (await epochsOf(tx, [row.id])).filter((one) => one.opened_at !== null);
      const custodies = [];
      for (const { epoch } of opened)
        custodies.push(
          custodyView(await custodyStanding(deps, tx, await loadCustody(tx, row.id, epoch), now)),
        );
      return ok({ ...head(row), custodies });
    }),
});

function head(row: DeviceRow) {
  const { id, serial, manufacturer, model, platform, ownership } = row;
  return { id, serial, manufacturer, model, assetTag: row.asset_tag, platform, ownership };
}

const Scan = z.strictObject({
  serial: Serial,
  site: Line(64).meta({ description: 'Where it was scanned: an id of a site, no name of a person.' }),
  condition: z.enum(CONDITIONS).default('unknown'),
});

const ParcelScan = Scan.extend({
  trackingCode: Line(100)
    .optional()
    .meta({ description: 'Of the parcel that it came out of: tells when another unit was expected in it.' }),
});

const ScanVerdict = z
  .object({
    verdict: z.enum(['returned', 'already-returned', 'unknown-serial', 'not-expected']),
    deviceId: z.string().nullable(),
    epoch: z.int().nullable(),
    at: Instant.nullable().meta({ description: 'When its return was recorded.' }),
    exceptionId: z.string().nullable().meta({ description: 'What a scan that nothing explains became.' }),
    wrongUnit: z
      .object({ expectedDeviceId: z.string(), exceptionId: z.string() })
      .nullable()
      .meta({ description: 'The device that the parcel was for, which is still out.' }),
  })
  .meta({ title: 'What an intake scan said' });

const scanRoute = route({
  method: 'post',
  path: '/intake-scans',
  action: 'intake.scan',
  summary: 'Scans a device in where it comes back; the serial decides which it is',
  body: ParcelScan,
  answer: ScanVerdict,
  statuses: [200, 202],
  problems: ['serial-unreadable', 'serial-ambiguous'],
  handle: (deps, { body, actor, now }) => scanIn(deps, { ...body, actor }, null, now),
});

const scanDeviceRoute = route({
  method: 'post',
  path: '/devices/:id/intake-scans',
  action: 'intake.scan',
  summary: 'Scans a known device in; the serial must be its own',
  params: OneDevice,
  body: Scan,
  answer: ScanVerdict,
  statuses: [200, 202],
  problems: ['not-found', 'serial-unreadable', 'serial-mismatch'],
  async handle(deps, { params, body, actor, now }) {
    const device = await readDevice(deps.db, params.id);
    if (device === null) throw new Problem('not-found');
    if (readable(body.serial) !== device.serial) throw new Problem('serial-mismatch');
    return scanIn(deps, { ...body, actor }, device.id, now);
  },
});

async function scanIn(
  deps: ApiDeps,
  scan: z.output<typeof Scan> & { readonly trackingCode?: string | undefined; readonly actor: string },
  deviceId: string | null,
  now: Date,
): Promise<Answer<z.output<typeof ScanVerdict>>> {
  const serial = readable(scan.serial);
  const exceptionsDueAt = new Date(now.getTime() + deps.policy.exceptions.dueMs);
  const found = await inTransaction(deps.db, (tx) =>
    recordIntakeScan(
      tx,
      { ...scan, trackingCode: scan.trackingCode ?? null, serial, exceptionsDueAt },
      deviceId,
      now,
    ),
  );
  return { status: 'exceptionId' in found ? 202 : 200, body: verdictView(found) };
}

function verdictView(found: IntakeVerdict) {
  switch (found.verdict) {
    case 'ambiguous':
      throw new Problem('serial-ambiguous');
    case 'unknown-serial':
    case 'not-expected':
      return {
        verdict: found.verdict,
        deviceId: null,
        epoch: null,
        at: null,
        exceptionId: found.exceptionId,
        wrongUnit: found.wrongUnit,
      };
    case 'returned':
    case 'already-returned':
      return { ...found, exceptionId: null };
  }
}

export const DEVICE_ROUTES = [listRoute, readRoute, scanRoute, scanDeviceRoute];
