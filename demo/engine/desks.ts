/** What the company's own people do at the engine's API. */
import { z } from 'zod';
import { addressOf, PEOPLE } from '../cast.ts';
import type { CastDevice } from '../cast.ts';
import type { EngineClient } from './client.ts';
import { HeldWipe, pageOf, WipeLimit } from './shapes.ts';

export type Desks = ReturnType<typeof createDesks>;

const Hold = z.object({ id: z.string() });
const Pickup = z.object({ id: z.string(), manifestSentAt: z.string().nullable() });

const Count = z.object({ differences: z.array(z.object({ kind: z.string(), exceptionId: z.string() })) });

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
    /** Waits until the vendor has the manifest. */
    async manifestSent(pickupId: string): Promise<void> {
      for (;;) {
        const { manifestSentAt } = await client.get('dock', `/pickups/${pickupId}`, Pickup);
        if (manifestSentAt !== null) return;
        await wait(300);
      }
    },
    async scanOut(pickupId: string, { serial, model }: CastDevice): Promise<void> {
      await client.post('dock', `/pickups/${pickupId}/scans`, { serial, model });
    },
    /** Counts what stands on the dock. What the books have no record of goes all the same, by somebody's decision. */
    async count(pickupId: string, devices: readonly CastDevice[]): Promise<void> {
      const serials = devices.map(({ serial }) => serial);
      const counted = Count.parse(await client.post('dock', `/pickups/${pickupId}/counts`, { serials }));
      for (const { kind, exceptionId } of counted.differences) {
        if (kind !== 'not-in-inventory') continue;
        const body = { outcome: 'accepted-as-found', reason: 'the record will be made' };
        await client.post('assets', `/exceptions/${exceptionId}/resolve`, body);
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
