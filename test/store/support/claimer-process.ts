/**
 * A process that claims wipes over a pool of its own, all at once: what a second worker does. Told by IPC what to claim, it
 * says that it is connected, waits for the word, and answers with what became of each.
 */
import { z } from 'zod';
import { openDatabase } from '../../../src/store/database.ts';
import type { Database } from '../../../src/store/database.ts';
import { claimWipe } from '../../../src/store/wipe-intents.ts';
import type { ClaimResult } from '../../../src/store/wipe-intents.ts';
import { judgeLocked } from './judge-locked.ts';
import { sideBySide } from './side-by-side.ts';
import { testVault } from '../../support/person-keys.ts';

const orderSchema = z.object({
  url: z.string(),
  connections: z.number(),
  claims: z.array(
    z.object({
      caseId: z.string(),
      personId: z.string(),
      deviceId: z.string(),
      epoch: z.number(),
      policyDigest: z.string(),
      approvalId: z.string(),
    }),
  ),
});
/** What the process is told first. */
export type ClaimOrder = z.infer<typeof orderSchema>;

process.once('message', (message) => void work(orderSchema.parse(message)));

async function work({ url, connections, claims }: ClaimOrder): Promise<void> {
  const db = openDatabase(url, { vault: testVault, connections });
  // Every connection of the pool stands before the word is given.
  const first = () => db.selectFrom('cases').select('id').limit(1).execute();
  await Promise.all(Array.from({ length: connections }, first));
  const go = new Promise((resolve) => process.once('message', resolve));
  process.send?.('ready');
  await go;
  const kinds = await sideBySide(connections, claims, (one) => claim(db, one));
  await db.destroy();
  process.send?.(kinds, () => process.disconnect());
}

async function claim(db: Database, one: ClaimOrder['claims'][number]): Promise<ClaimResult['kind']> {
  const what = {
    connector: 'mdm',
    mdmId: 'mdm-1',
    actionHash: 'hash',
    priorWipeStartedAt: null,
    timesHeld: 0,
  };
  const result = await db
    .transaction()
    .execute((tx) => claimWipe(tx, { ...one, ...what, judge: judgeLocked }, new Date()));
  return result.kind;
}
