/** What people do at the vendors: administrators, HR, carriers, the disposal vendor's crew; and what hardware does. */
import { z } from 'zod';
import type { CastDevice, PersonKey } from '../cast.ts';
import type { Control } from './control.ts';

export type HrEvent = 'leave.scheduled' | 'leave.changed' | 'leave.withdrawn' | 'person.rehired';

export type VendorPeople = ReturnType<typeof createVendorPeople>;

/** What somebody writes into the books of a new asset. */
type InventoryRecord = Pick<
  CastDevice,
  'key' | 'serial' | 'manufacturer' | 'model' | 'platform' | 'ownership' | 'assetTag'
> & { readonly assignedTo: string | null };

/** The certificates that a plant makes out at once; by default for all that it has received. */
export interface Certificates {
  readonly level: 'purge';
  readonly serials?: readonly string[];
  /** Serials of nobody. */
  readonly unknown?: readonly string[];
  readonly outcome?: 'erased' | 'not-erased';
}

const Fault = z.object({ id: z.string() });
const Hardware = z.looseObject({ wiped: z.boolean() });

export function createVendorPeople(control: Control) {
  return {
    async oktaAdminDeactivates(key: PersonKey): Promise<void> {
      await control.post(`/instances/okta/users/${key}/deactivate`);
    },
    /** Disabled, and the leave date set: without one, a disabled account may be a leave of absence. */
    async entraAdminOffboards(key: PersonKey): Promise<void> {
      await control.post(`/instances/graph/users/${key}/leave-date`, {
        date: new Date(Date.now() - 1000).toISOString(),
      });
      await control.post(`/instances/graph/users/${key}/disable`);
    },
    async hrTells(key: PersonKey, type: HrEvent, leaveInSeconds?: number): Promise<void> {
      await control.post(`/instances/hr/people/${key}/events`, {
        type,
        ...(leaveInSeconds === undefined ? {} : { leaveInSeconds }),
      });
    },
    /** One event of the company's: all of them leave at the same moment. */
    async siteCloses(keys: readonly PersonKey[], inSeconds: number): Promise<void> {
      const leaveAt = new Date(Date.now() + inSeconds * 1000).toISOString();
      for (const key of keys)
        await control.post(`/instances/hr/people/${key}/events`, {
          type: 'leave.scheduled',
          leaveAt,
          reason: 'site closes',
        });
    },
    async deviceComesOnline({ key }: CastDevice): Promise<void> {
      await control.post(`/instances/graph/devices/${key}/online`);
    },
    /** @param reference The engine's own word for the shipment. */
    async carrierScans(
      reference: string,
      status: 'in_transit' | 'out_for_delivery' | 'delivered',
    ): Promise<void> {
      await control.post(`/instances/easypost/trackers/${encodeURIComponent(reference)}/scan`, { status });
    },
    /** What somebody sees who looks at the device itself. */
    async isAtSetUpScreen({ key }: CastDevice): Promise<boolean> {
      return (await control.get(`/instances/graph/devices/${key}`, Hardware)).wiped;
    },
    /** Somebody books the device on another person, just after the inventory was next asked about it. */
    async booksOnSomebodyElse({ key }: CastDevice, other: PersonKey): Promise<void> {
      await control.post(`/instances/snipeit/assets/${key}/change`, {
        when: 'after-next-read',
        assignedTo: other,
      });
    },
    /** Somebody adds a record to the books. */
    async addToInventory(device: InventoryRecord): Promise<void> {
      await control.post('/instances/snipeit/assets', { ...device, inventory: true, behaviour: {} });
    },
    async crewCollects(pickupId: string): Promise<void> {
      await control.post(`/instances/itad/pickups/${pickupId}/collect`, {
        scannedBy: 'crew-7',
        seal: 'SEAL-4471',
      });
    },
    async plantReceives(pickupId: string): Promise<void> {
      await control.post(`/instances/itad/pickups/${pickupId}/receive`);
    },
    async plantCertifies(pickupId: string, certificates: Certificates): Promise<void> {
      await control.post(`/instances/itad/pickups/${pickupId}/certify`, certificates);
    },
    /** A vendor whose every connection is reset, until the returned function is called. */
    async goesDown(instance: string): Promise<() => Promise<void>> {
      const { id } = Fault.parse(
        await control.post('/faults', { instance, match: {}, fault: { type: 'down' } }),
      );
      return () => control.delete(`/faults/${id}`);
    },
  };
}
