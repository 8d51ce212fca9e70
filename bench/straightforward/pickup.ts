/** One workflow per collection: booked, manifest sent, scanned, confirmed, received, certified. */
import { condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import { ask } from './asking.ts';
import { available, certified, confirmed } from './messages.ts';
import type { PickupInput, VendorList } from './messages.ts';

export async function collectDevices({ pickupId }: PickupInput): Promise<void> {
  const lists = new Map<VendorList, number>();
  let isConfirmed = false;
  setHandler(available, ({ what }) => void lists.set(what, (lists.get(what) ?? 0) + 1));
  setHandler(confirmed, () => {
    isConfirmed = true;
  });

  await ask.bookPickup(pickupId);
  await ask.sendManifest(pickupId);
  await condition(() => lists.has('scanned'));
  await ask.readVendorScan(pickupId);
  await condition(() => isConfirmed && lists.has('receipt'));
  await ask.readReceipt(pickupId);
  await passOnCertificates();

  /** Certificates may come in parts: until every device of the pickup has one. */
  async function passOnCertificates(): Promise<void> {
    let seen = 0;
    for (;;) {
      await condition(() => (lists.get('certificates') ?? 0) > seen);
      seen = lists.get('certificates') ?? 0;
      const { certificates, missing } = await ask.readCertificates(pickupId);
      await Promise.all(
        certificates.map(({ workflowId, ...one }) =>
          getExternalWorkflowHandle(workflowId).signal(certified, one),
        ),
      );
      if (missing === 0) return;
    }
  }
}
