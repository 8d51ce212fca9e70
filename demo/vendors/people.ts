/** What people do at the vendors: administrators, HR, carriers, the disposal vendor's crew; and what hardware does. */
import { z } from 'zod';
import type { CastDevice, PersonKey } from '../cast.ts';
import type { Control } from './control.ts';

export type HrEvent = 'leave.scheduled' | 'leave.changed' | 'leave.withdrawn' | 'person.rehired';

export type VendorPeople = ReturnType<typeof createVendorPeople>;

const Fault = z.object({ id: z.string() });

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
    /** Somebody adds a record to the books. */
    async addToInventory(device: CastDevice): Promise<void> {
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
    async plantCertifies(pickupId: string): Promise<void> {
      await control.post(`/instances/itad/pickups/${pickupId}/certify`, { level: 'purge' });
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
