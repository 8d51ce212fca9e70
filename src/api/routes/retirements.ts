/** Hardware without a person: opening its retirement, and the drives that are in it. */
import { z } from 'zod';
import type { Serial as SerialKey } from '../../domain/serial.ts';
import { normaliseSerial } from '../../domain/serial.ts';
import { offerPolicy } from '../../store/policy-in-force.ts';
import { derivedId, newId } from '../../store/ids.ts';
import { openedRetirement, openRetirement } from '../../store/retirements.ts';
import type { RetiredUnit, RetirementObstacle } from '../../store/retirements.ts';
import { inTransaction } from '../../store/transactions.ts';
import { Problem } from '../problem.ts';
import type { ProblemItem } from '../problem.ts';
import { ok, route } from '../route.ts';
import { Line, Serial } from '../shapes/common.ts';

const MOST_UNITS = 1_000;
const MOST_DRIVES = 200;

const Unit = z.strictObject({
  serial: Serial,
  of: z.enum(['server', 'network', 'storage', 'other']).default('server'),
  dataBearing: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether it holds data by itself. Drives that are named make it data-bearing.' }),
  drives: z
    .array(Serial)
    .max(MOST_DRIVES)
    .default([])
    .meta({ description: 'Serials of its data-bearing drives: a certificate must name each of them.' }),
  manufacturer: Line(200).optional(),
  model: Line(200).optional(),
  assetTag: Line(100).optional(),
});

const openRoute = route({
  method: 'post',
  path: '/retirements',
  action: 'retirements.open',
  summary:
    'Opens the retirement of hardware without a person: servers, network gear, storage. All units or none',
  body: z.strictObject({ units: z.array(Unit).min(1).max(MOST_UNITS) }),
  bodyLimit: 4 * 1024 * 1024,
  answer: z
    .object({
      caseId: z.string(),
      devices: z.array(z.object({ deviceId: z.string(), epoch: z.int(), serial: z.string() })),
    })
    .meta({ title: 'A retirement that was opened' }),
  statuses: [201, 200],
  problems: ['units-refused', 'idempotency-key-reused'],
  takesKey: true,
  async handle({ db, policy }, { body, actor, now, idempotencyKey }) {
    const units = readUnits(body.units);
    const caseId =
      idempotencyKey === null ? newId('case') : derivedId('case', `${actor}:retirement:${idempotencyKey}`);
    return inTransaction(db, async (tx) => {
      const before = await openedRetirement(tx, caseId);
      if (before !== null) {
        if (!isSame(units, before)) throw new Problem('idempotency-key-reused');
        return ok({ caseId, devices: before });
      }
      await offerPolicy(tx, policy);
      const result = await openRetirement(tx, units, actor, now, caseId);
      // Thrown inside, so that nothing of it stays.
      if (result.kind === 'refused') throw new Problem('units-refused', result.obstacles.map(itemOf));
      const devices = result.devices.map(({ deviceId, epoch, serial }) => ({ deviceId, epoch, serial }));
      return { status: 201, body: { caseId, devices } };
    });
  },
});

function isSame(units: readonly RetiredUnit[], devices: readonly { readonly serial: string }[]): boolean {
  const serials = new Set(devices.map(({ serial }) => serial));
  return units.length === devices.length && units.every(({ serial }) => serials.has(serial));
}

function itemOf({ index, why }: RetirementObstacle): ProblemItem {
  return { path: `body.units.${index}`, message: why };
}

/** @throws Problem with every unit whose serials cannot be read. */
function readUnits(given: readonly z.output<typeof Unit>[]): readonly RetiredUnit[] {
  const problems: ProblemItem[] = [];
  const read = (text: string, path: string): SerialKey | null => {
    const key = normaliseSerial(text);
    if (key === null) problems.push({ path, message: 'serial-unreadable' });
    return key;
  };
  const units = given.flatMap((unit, index): RetiredUnit[] => {
    const serial = read(unit.serial, `body.units.${index}.serial`);
    const drives = unit.drives.flatMap(
      (drive, place) => read(drive, `body.units.${index}.drives.${place}`) ?? [],
    );
    if (serial === null) return [];
    const { of, dataBearing, manufacturer = null, model = null, assetTag = null } = unit;
    return [{ serial, retired: { of, dataBearing, drives }, manufacturer, model, assetTag }];
  });
  if (problems.length > 0) throw new Problem('units-refused', problems);
  return units;
}

export const RETIREMENT_ROUTES = [openRoute];
