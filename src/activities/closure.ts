/** Inventory closure: written, then read back and compared. Only what is read counts. */
import { ConnectorError } from '../adapters/errors.ts';
import type { AssetClosure, Inventory } from '../adapters/inventory/port.ts';
import type { CustodyState } from '../domain/custody-state.ts';
import { lastDecided } from '../domain/exceptions.ts';
import { deviceStream } from '../domain/fact.ts';
import type { NewFact } from '../domain/fact.ts';
import { normaliseSerial } from '../domain/serial.ts';
import { loadCustody, readPolicy } from '../store/rule-facts.ts';
import { recordReadBack } from '../store/vendor-answers.ts';
import { closureOf } from './closure-terms.ts';
import type { EngineContext } from './context.ts';
import { connectorOf } from './context.ts';
import { isPassing, tryAgain } from './failures.ts';
import { holderNow } from './holder-now.ts';
import { modeFor } from './modes.ts';
import { raiseOnCustody } from './raise.ts';
import type { LabelOrder } from './returns.ts';
import { recordOnce } from './record-once.ts';

/** Writes into the asset record what became of the device. */
export async function closeInventory(context: EngineContext, order: LabelOrder): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const custody = await loadCustody(context.db, deviceId, epoch);
  if (custody.cancelled !== null) return;
  const inventory = connectorOf(context.connectors.inventory, connector);
  const { port } = inventory;
  const mode = await modeFor(context, inventory, custody.opened.data.personId);
  const closure = closureOf(custody, await readPolicy(context.db, custody.policyDigest));
  try {
    const externalId = await findRecord(port, custody, connector);
    if (externalId === null) return await recordNotFound(context, order, custody);
    if (port.closes && (mode === 'enforce' || (mode === 'recommend' && wasTold(custody)))) {
      // What was decided there is not ours to clear; once somebody has decided the exception, it is written, whoever has it.
      const decided = lastDecided(custody.exceptions, 'closure-conflict') > 0;
      const holder = decided ? {} : await holderNow(context, port, custody, externalId, connector);
      if (holder === 'another') {
        return await raiseOnCustody(context, custody, {
          code: 'closure-conflict',
          gate: 'inventory-closure',
          owner: 'asset-manager',
        });
      }
      await port.closeAsset(externalId, closure, holder);
      context.crash('closure-written');
      await recordOnce(context, {
        stream: deviceStream(deviceId),
        key: `closure.written:${deviceId}:${epoch}:${externalId}`,
        type: 'closure.written',
        actor: 'handback',
        data: { epoch, connector, externalId, reference: closure.reference ?? '' },
      });
    }
    await readBack(context, order, port, externalId, closure);
  } catch (error) {
    if (isPassing(error) || !(error instanceof ConnectorError)) throw tryAgain(context, error);
    await raiseOnCustody(context, custody, {
      code: `closure-${error.code}`,
      gate: 'inventory-closure',
      owner: 'asset-manager',
    });
  }
}

/** A connector that only recommends writes once somebody has said so on the exception that asks. */
function wasTold({ exceptions }: CustodyState): boolean {
  return exceptions.some(
    ({ opened, resolved }) => opened.data.code === 'inventory-mismatch' && resolved?.data.outcome === 'write',
  );
}

/** The record that discovery found, else the one that the inventory has by now for that serial. */
export async function findRecord(
  port: Inventory,
  custody: CustodyState,
  connector: string,
): Promise<string | null> {
  const { records, serial } = custody.opened.data;
  const known = records.find((one) => one.connector === connector);
  if (known !== undefined) return known.externalId;
  const key = normaliseSerial(serial);
  const found = key === null ? [] : await port.findBySerial(key, null);
  return found.length === 1 ? (found[0]?.externalId ?? null) : null;
}

async function readBack(
  context: EngineContext,
  order: LabelOrder,
  port: Inventory,
  externalId: string,
  closure: AssetClosure,
): Promise<void> {
  const { deviceId, epoch, connector } = order;
  const asset = await port.readAsset(externalId);
  const matches = asset !== null && port.isClosed(asset, closure);
  const readAt = context.clock().toISOString();
  const key = `closure.read-back:${deviceId}:${epoch}:${readAt}`;
  const fact = {
    stream: deviceStream(deviceId),
    key,
    type: 'closure.read-back',
    actor: `connector:${connector}`,
    data: { epoch, connector, externalId, matches, readAt, ...(port.closes ? {} : { readOnly: true }) },
  } satisfies NewFact;
  await recordReadBack(context.db, fact, asset?.answer, context.clock());
}

async function recordNotFound(
  context: EngineContext,
  { deviceId, epoch, connector }: LabelOrder,
  custody: CustodyState,
): Promise<void> {
  const askedAt = context.clock().toISOString();
  const key = `closure.not-found:${custody.deviceId}:${epoch}:${askedAt}`;
  await recordOnce(context, {
    stream: deviceStream(deviceId),
    key,
    type: 'closure.not-found',
    actor: `connector:${connector}`,
    data: { epoch, connector, askedAt },
  });
}
