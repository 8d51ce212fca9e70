/** What the company's own people do at the engine's API. */
import { z } from 'zod';
import { addressOf, PEOPLE } from '../cast.ts';
import type { CastDevice } from '../cast.ts';
import type { RoomUnit } from '../hardware.ts';
import { Refused } from './client.ts';
import type { EngineClient } from './client.ts';
import { Custody, HeldWipe, pageOf, WipeLimit } from './shapes.ts';

export type Desks = ReturnType<typeof createDesks>;

const Hold = z.object({ id: z.string() });
const Intake = z.object({ verdict: z.string() });
const Pickup = z.object({ id: z.string(), manifestSentAt: z.string().nullable() });

const Difference = z.object({ kind: z.string(), serial: z.string(), exceptionId: z.string() });
const Count = z.object({ differences: z.array(Difference) });
const Scans = z.object({ scans: z.tuple([z.object({ verdict: z.string() })]) });
const Differences = z.object({
  discrepancies: z.array(
    Difference.extend({ exceptionId: z.string().nullable(), outcome: z.string().nullable() }),
  ),
});
const Retirement = z.object({
  caseId: z.string(),
  devices: z.array(z.object({ deviceId: z.string(), serial: z.string() })),
});
const Device = z.object({ custodies: z.array(Custody.pick({ state: true })) });

export type Difference = z.infer<typeof Difference>;

/** The dock where devices come in and go out. */
const SITE = 'springfield';

export function createDesks(client: EngineClient, wait: (ms: number) => Promise<void>) {
  return {
    /** Addresses stand in no directory: labels need them. */
    async importAddresses(): Promise<void> {
      const people = PEOPLE.map((person) => ({ workEmail: person.workEmail, address: addressOf(person) }));
      await client.post('operator', '/people/import', people);
    },
    async scanIn({ serial }: CastDevice): Promise<void> {
      await client.post('dock', '/intake-scans', { serial, site: SITE, condition: 'good' });
    },
    /** @returns The hold's id. */
    async placeLegalHold(personId: string, reason: string): Promise<string> {
      return Hold.parse(await client.post('legal', '/holds/legal', { personId, reason })).id;
    },
    async liftLegalHold(holdId: string, reason: string): Promise<void> {
      await client.post('legal', `/holds/legal/${holdId}/lift`, { reason });
    },
    async reportLost(deviceId: string, reason: string): Promise<void> {
      await client.post('assets', `/devices/${deviceId}/loss`, { kind: 'lost', reason });
    },
    /** @param setUpScreen Whether it shows the set-up screen. */
    async inspect(deviceId: string, setUpScreen: boolean): Promise<void> {
      await client.post('assets', `/devices/${deviceId}/inspections`, { setUpScreen, condition: 'good' });
    },
    readWipeLimit(): Promise<WipeLimit> {
      return client.get('duty', '/wipe-limit', WipeLimit);
    },
    /** The list to have in view before anything is released. */
    async heldWipes(desk: 'duty' | 'approver'): Promise<readonly HeldWipe[]> {
      return (await client.get(desk, '/wipe-limit/held', pageOf(HeldWipe))).items;
    },
    async resolve(exceptionId: string, reason: string): Promise<void> {
      await client.post('assets', `/exceptions/${exceptionId}/resolve`, { outcome: 'resolved', reason });
    },
    /** @returns The pickup's id. */
    async createPickup(deviceIds: readonly string[]): Promise<string> {
      const body = { connector: 'itad', site: SITE, deviceIds };
      return Pickup.parse(await client.post('assets', '/pickups', body)).id;
    },
    /** Waits until the vendor has the manifest, as it is after that moment. */
    async manifestSent(pickupId: string, since = ''): Promise<void> {
      for (;;) {
        const { manifestSentAt } = await client.get('dock', `/pickups/${pickupId}`, Pickup);
        if (manifestSentAt !== null && manifestSentAt > since) return;
        await wait(300);
      }
    },
    /** @returns What the dock is told about that unit. */
    async scanOut(
      pickupId: string,
      { serial, model, assetTag }: Pick<CastDevice, 'serial' | 'model' | 'assetTag'>,
    ): Promise<string> {
      const scan = { serial, model, ...(assetTag === '' ? {} : { assetTag }) };
      return Scans.parse(await client.post('dock', `/pickups/${pickupId}/scans`, scan)).scans[0].verdict;
    },
    /** Counts what stands on the dock. @returns What differs from the manifest and from the books. */
    async count(pickupId: string, serials: readonly string[]): Promise<readonly Difference[]> {
      return Count.parse(await client.post('dock', `/pickups/${pickupId}/counts`, { serials })).differences;
    },
    /** What nobody has decided yet. */
    async openDifferences(pickupId: string): Promise<readonly Difference[]> {
      const { discrepancies } = await client.get('assets', `/pickups/${pickupId}`, Differences);
      return discrepancies.flatMap(({ exceptionId, outcome, ...one }) =>
        exceptionId !== null && outcome === null ? [{ ...one, exceptionId }] : [],
      );
    },
    async decide(exceptionId: string, outcome: string, reason: string): Promise<void> {
      await client.post('assets', `/exceptions/${exceptionId}/resolve`, { outcome, reason });
    },
    /** @returns How the API refuses to confirm. @throws Error when it does not. */
    async confirmRefused(pickupId: string): Promise<string> {
      try {
        await client.post('dock', `/pickups/${pickupId}/confirm`, {});
      } catch (error) {
        if (error instanceof Refused && error.code === 'pickup-discrepancies') return error.title;
        throw error;
      }
      throw new Error(`pickup ${pickupId} was confirmed although something differs`);
    },
    /** Opens the retirement of hardware that nobody holds. */
    async retire(
      units: readonly RoomUnit[],
    ): Promise<{ readonly caseId: string; readonly ids: ReadonlyMap<string, string> }> {
      const body = {
        units: units.map(({ serial, of, manufacturer, model, assetTag, drives }) => ({
          serial,
          of,
          manufacturer,
          model,
          assetTag,
          drives,
          dataBearing: drives.length > 0,
        })),
      };
      const { caseId, devices } = Retirement.parse(await client.post('assets', '/retirements', body));
      return { caseId, ids: new Map(devices.map(({ serial, deviceId }) => [serial, deviceId])) };
    },
    /** Hardware is scanned in once its custody is open. */
    async scanInUnit(serial: string): Promise<void> {
      for (;;) {
        const body = { serial, site: SITE, condition: 'good' };
        const { verdict } = Intake.parse(await client.post('dock', '/intake-scans', body));
        if (verdict === 'returned') return;
        await wait(300);
      }
    },
    /** Waits until the custody of a device has ended. */
    async closed(deviceId: string): Promise<void> {
      for (;;) {
        const { custodies } = await client.get('viewer', `/devices/${deviceId}`, Device);
        if (custodies.at(-1)?.state === 'closed') return;
        await wait(300);
      }
    },
    /** Both sides sign by name for what leaves. */
    async sign(pickupId: string): Promise<void> {
      for (const [side, name] of [
        ['ours', 'Dana Dock'],
        ['vendor', 'Lou Lorry'],
      ] as const)
        await client.post('dock', `/pickups/${pickupId}/signatures`, { side, name });
    },
    async confirmPickup(pickupId: string): Promise<void> {
      await client.post('dock', `/pickups/${pickupId}/confirm`, {});
    },
  };
}
