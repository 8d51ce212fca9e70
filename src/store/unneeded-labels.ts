/** Labels that may be there to be given back. By what rows show; the facts decide. */
import { sql } from 'kysely';
import type { Reader } from './database.ts';

export interface UnneededLabel {
  readonly trackingCode: string;
  readonly deviceId: string;
  readonly epoch: number;
  /** The intent that it was bought by. */
  readonly intentId: string;
  /** The carrier's draft. */
  readonly shipmentId: string;
}

/**
 * Labels and boxes of one carrier that never moved by its word, were bought within that time and were never asked about, of
 * devices that seem not to come back by them; and those that were begun to be given back.
 *
 * @param after The last tracking code of the page before; empty for the first.
 */
export async function unneededLabels(
  db: Reader,
  connector: string,
  bought: { readonly since: Date; readonly until: Date },
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly UnneededLabel[]> {
  const { rows } = await sql<UnneededLabel>`
    select trackers.tracking_code as "trackingCode", trackers.device_id as "deviceId", trackers.epoch,
      bought.id as "intentId", bought.target as "shipmentId"
    from trackers
    join intents bought on bought.id = trackers.intent_id
    join custodies on custodies.device_id = trackers.device_id and custodies.epoch = trackers.epoch
    where trackers.connector = ${connector}
      and trackers.status in ('unknown', 'pre_transit')
      and trackers.tracking_code > ${after}
      and bought.answered_at between ${bought.since} and ${bought.until}
      and not exists (select from facts where facts.key = 'return.label-refund-asked:' || bought.id)
      and (
        exists (select from facts where facts.key = 'return.label-refund-intended:' || bought.id)
        or custodies.state in ('closed', 'cancelled')
        or custodies.route in ('employee-sale', 'personal', 'lost', 'lessor-return')
        or exists (select from drop_offs
          where drop_offs.device_id = trackers.device_id and drop_offs.epoch = trackers.epoch)
        or exists (select from facts
          where facts.key = 'return.scanned:' || trackers.device_id || ':' || trackers.epoch)
        or exists (select from intents later
          where later.device_id = trackers.device_id and later.epoch = trackers.epoch
            and later.kind = 'label' and later.number > bought.number)
      )
    order by trackers.tracking_code
    limit ${limit}`.execute(db);
  return rows;
}
