/** Leavers with labels of real carriers, and what may happen to their devices then. */
import type { EngineContext } from '../../../src/activities/context.ts';
import { sweepParcels } from '../../../src/activities/parcel-sweep.ts';
import { makeLabel } from '../../../src/activities/returns.ts';
import type { ReturnMeans } from '../../../src/domain/return-means.ts';
import type { Route } from '../../../src/domain/routes.ts';
import { cancelCase } from '../../../src/store/cases.ts';
import type { Database, Tx } from '../../../src/store/database.ts';
import { recordDropOff } from '../../../src/store/drop-offs.ts';
import { appendFacts } from '../../../src/store/facts.ts';
import { newId } from '../../../src/store/ids.ts';
import { recordIntakeScan } from '../../../src/store/intake-scans.ts';
import { writeValues } from '../../../src/store/personal/values.ts';
import { loadCustody } from '../../../src/store/rule-facts.ts';
import { inTransaction } from '../../../src/store/transactions.ts';
import { POLICY } from '../../unit/domain/support/history.ts';
import type { CarrierName, Carriers } from './carriers.ts';
import { insertOpenCustody } from './rows.ts';
import type { OpenCustody } from './rows.ts';

export interface Sent extends OpenCustody {
  readonly serial: string;
  readonly carrier: CarrierName;
  /** Of the label. */
  readonly code: string;
}

export function sentLabels(database: () => Database, carriers: () => Carriers) {
  let serials = 0;

  /** Somebody has a label for the way back, and its box where they get one. */
  async function sent(carrier: CarrierName, means: ReturnMeans = 'label'): Promise<Sent> {
    serials += 1;
    const serial = `REFUND${String(serials).padStart(4, '0')}`;
    const policy = { ...POLICY, return: { ...POLICY.return, means: { default: means, byCountry: {} } } };
    const custody = await insertOpenCustody(database(), policy, serial);
    const country = carrier === 'shippo' ? 'DE' : 'US';
    const address = { street1: '9 Home Lane', city: 'Reno', zip: '89501', country };
    await within((tx) => writeValues(tx, custody.personId, { address, displayName: 'Ada Leaver' }));
    await makeLabel(carriers().context(0), { ...custody, connector: carrier });
    const { label } = await loadCustody(database(), custody.deviceId, custody.epoch);
    if (label === null) throw new Error('no label was bought');
    return { ...custody, serial, carrier, code: label.data.trackingCode };
  }

  function within<T>(run: (tx: Tx) => Promise<T>): Promise<T> {
    return inTransaction(database(), run);
  }

  /** As the carrier's schedule does, two hours after all this unless said otherwise. */
  function sweep({ carrier }: Sent, context: EngineContext = carriers().context(2)) {
    return sweepParcels(context, { connector: carrier }, () => {});
  }

  const scan = (custody: Sent, trackingCode: string | null = null) =>
    within((tx) =>
      recordIntakeScan(
        tx,
        {
          serial: custody.serial,
          site: 'hq',
          condition: 'good',
          trackingCode,
          actor: 'token:dock',
          exceptionsDueAt: new Date(),
        },
        null,
        new Date(),
      ),
    );

  const dropOff = ({ serial }: Sent) =>
    within((tx) =>
      recordDropOff(
        tx,
        {
          serial,
          site: 'hq',
          receivedByName: 'Front Desk',
          handedInBy: 'holder',
          actor: 'token:desk',
          exceptionsDueAt: new Date(),
        },
        new Date(),
      ),
    );

  const cancel = ({ caseId }: Sent) =>
    within((tx) => cancelCase(tx, caseId, 'rehired', 'token:desk', new Date()));

  /** As two people decide it. */
  async function route(custody: Sent, to: Route, more: 'lost.declared' | null = null): Promise<void> {
    const { deviceId, epoch } = custody;
    const stream = `device:${deviceId}`;
    const decisionId = newId('decision');
    await within(async (tx) => {
      const { route: from } = await loadCustody(tx, deviceId, epoch);
      const data = { epoch, decisionId, from, to, reviewAt: null };
      const actor = 'token:two';
      await appendFacts(
        tx,
        [
          { stream, key: `route.changed:${decisionId}`, type: 'route.changed', actor, data },
          ...(more === null
            ? []
            : [{ stream, key: `${more}:${decisionId}`, type: more, actor, data: { epoch, decisionId } }]),
        ],
        new Date(),
      );
      await tx.updateTable('custodies').set({ route: to }).where('device_id', '=', deviceId).execute();
    });
  }

  /** What the stream says was asked for, in its order. */
  async function asked({ deviceId, epoch }: OpenCustody) {
    const { refunds } = await loadCustody(database(), deviceId, epoch);
    return refunds.flatMap((refund) =>
      refund.asked === null ? [] : [{ ...refund.intended.data, ...refund.asked.data }],
    );
  }

  return { sent, within, sweep, scan, dropOff, cancel, route, asked };
}
