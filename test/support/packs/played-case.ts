/** A finished case of one device, with its pickup and a stranger's facts in between: what packs are made of in tests. */
import type { AnyFact } from '../../../src/domain/fact.ts';
import type { FactData, FactType } from '../../../src/domain/fact-types.ts';
import { canonicalDigest, sha256Hex } from '../../../src/ledger/canonical.ts';
import { DAY, DEVICE_ID, HOUR, iso, JUDGED, POLICY, SERIAL, T0 } from '../../unit/domain/support/history.ts';
import { CASE_PATH, devicePath } from '../../unit/domain/support/world.ts';
import { SmallLedger } from './small-ledger.ts';

export const CERTIFICATE = Buffer.from('certificate,serial,level\ncert-1,C02XK0AAJG5H,purge\n');
export const CERTIFICATE_DIGEST = sha256Hex(CERTIFICATE);
export const POLICY_DIGEST = canonicalDigest(POLICY);

export const CASE_STREAM = 'case:case_one';
export const DEVICE_STREAM = `device:${DEVICE_ID}`;
export const PICKUP_STREAM = 'pickup:pick_one';
const PERSON_STREAM = 'person:per_one';

/** What a test may change about what happened. */
export interface Changes {
  /** Facts of these types never happened. */
  readonly without?: readonly FactType[];
  /** The case is not completed. */
  readonly open?: true;
  /** Digest of what the device manager answered when the wipe was read. */
  readonly answerDigest?: string;
}

export function playedCase({ without = [], open, answerDigest }: Changes = {}): SmallLedger {
  const ledger = new SmallLedger();
  let now = T0;
  const add = <T extends FactType>(stream: string, type: T, data: FactData[T]): void => {
    if (without.includes(type)) return;
    ledger.add(stream, type, settled(data, ledger.leaves, stream), iso(now));
    now += HOUR;
  };
  add(PERSON_STREAM, 'lifecycle.recorded', {
    personId: 'per_one',
    source: 'hr',
    eventId: 'event-1',
    kind: 'leaver',
    occurredAt: iso(T0),
    effectiveAt: iso(T0),
  });
  for (const [type, data] of CASE_PATH) {
    add('person:per_other', 'lifecycle.recorded', {
      personId: 'per_other',
      source: 'hr',
      eventId: `other-${now}`,
      kind: 'mover',
      occurredAt: iso(now),
      effectiveAt: iso(now),
    });
    add(CASE_STREAM, type, data(now));
  }
  add(PICKUP_STREAM, 'pickup.created', {
    pickupId: 'pick_one',
    connector: 'vendor',
    lines: [{ line: 1, deviceId: DEVICE_ID, epoch: 1, serial: SERIAL }],
  });
  for (const [type, data] of devicePath('windows')) {
    const isAnswered = type === 'wipe.observed' && answerDigest !== undefined;
    add(DEVICE_STREAM, type, { ...data(now), ...(isAnswered && { answerDigest }) });
    if (type === 'return.scanned')
      add(DEVICE_STREAM, 'handoff.manifested', { epoch: 1, pickupId: 'pick_one', line: 1 });
    if (type === 'handoff.transferred')
      add(PICKUP_STREAM, 'pickup.confirmed', { pickupId: 'pick_one', lines: 1, confirmedBy: 'token:dock' });
    if (type === 'handoff.certified')
      add(PICKUP_STREAM, 'pickup.certificates', {
        pickupId: 'pick_one',
        documentDigest: CERTIFICATE_DIGEST,
        lines: 1,
      });
  }
  if (open === undefined)
    add(CASE_STREAM, 'case.completed', { generation: 1, outcome: 'completed', factCount: 0, ...JUDGED });
  now += DAY;
  return ledger;
}

/** With the digests and counts that the store would have given. */
function settled<T extends FactType>(
  data: FactData[T],
  leaves: readonly { readonly fact: AnyFact }[],
  stream: string,
): FactData[T] {
  const seq = leaves.filter(({ fact }) => fact.stream === stream).length + 1;
  return {
    ...data,
    ...('policyDigest' in data && { policyDigest: POLICY_DIGEST }),
    ...('documentDigest' in data && { documentDigest: CERTIFICATE_DIGEST }),
    ...('factCount' in data && { factCount: seq }),
  };
}
