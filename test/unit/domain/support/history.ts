/** Streams of facts for the tests of the rules: short to write, and shaped as the store would have kept them. */
import type {
  DiscoveredDevice,
  FactData,
  FactType,
  MatchedRecord,
} from '../../../../src/domain/fact-types.ts';
import type { AnyFact, Fact } from '../../../../src/domain/fact.ts';
import type { RuleContext } from '../../../../src/domain/judgement.ts';
import type { Policy } from '../../../../src/domain/policy.ts';
import type { DeviceSighting } from '../../../../src/domain/sighting.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Every history begins here, epoch milliseconds. */
export const T0 = Date.parse('2026-03-02T09:00:00.000Z');

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const LADDER = [
  { afterMs: 0, to: 'manager' },
  { afterMs: 2 * DAY, to: 'security' },
];

export const POLICY: Policy = {
  discovery: { dueMs: 4 * HOUR },
  accessCut: {
    mode: 'enforce',
    dueMs: DAY,
    sourceDownDelayMs: 15 * MINUTE,
    settleMs: 15 * MINUTE,
    onSuspension: 'record',
  },
  dataHandover: { required: false, dueMs: 3 * DAY },
  wipe: {
    approval: 'policy',
    timing: [{ platforms: null, ownerships: null, when: 'on-leave', graceMs: 0 }],
    approvalLifeMs: DAY,
    attempts: 3,
    retryMs: 10 * MINUTE,
    dueMs: 5 * DAY,
    appleSilenceMs: 6 * HOUR,
    acknowledgedGrade: 'none',
    acknowledgedGradeBasis: null,
  },
  wipeLimit: { count: 10, windowMs: 20 * MINUTE, perDay: 50, fleetShare: 1 },
  return: { dueMs: 5 * DAY, chaseEveryMs: 3 * DAY, chases: 3, lostInTransitAfterMs: 30 * DAY },
  handoff: {
    stageDueMs: 14 * DAY,
    receiptDueMs: 5 * DAY,
    certificateDueMs: 30 * DAY,
    minimumGrade: 'purge',
  },
  closure: { dueMs: 3 * DAY },
  release: { activationLock: false, autopilot: false, mdmRecord: false },
  decisions: { lifeMs: DAY, waiverMaxMs: 90 * DAY },
  exceptions: { dueMs: 2 * DAY },
  escalation: {
    discovery: LADDER,
    'access-cut': LADDER,
    'data-handover': LADDER,
    wipe: LADDER,
    return: LADDER,
    'itad-handoff': LADDER,
    'inventory-closure': LADDER,
    exception: LADDER,
  },
};

export function contextAt(now: number, changes: Partial<RuleContext> = {}): RuleContext {
  return { policy: POLICY, policyDigest: 'p'.repeat(64), now, carrier: null, inventory: 'books', ...changes };
}

/** A stream that is being written: `seq` and `at` as the store gives them. */
export interface History {
  readonly stream: string;
  readonly facts: AnyFact[];
  add<T extends FactType>(type: T, data: FactData[T], at: number): Fact<T>;
}

export function historyOf(stream: string, facts: AnyFact[] = []): History {
  return {
    stream,
    facts,
    add(type, data, at) {
      const seq = facts.length + 1;
      const fact = {
        v: 1,
        stream,
        seq,
        prev: seq === 1 ? null : 'd',
        key: `${type}:${seq}`,
        type,
        at: iso(at),
        actor: 'handback',
        data,
      } as const;
      facts.push(fact as unknown as AnyFact);
      return fact;
    },
  };
}

export const RECORDS: readonly MatchedRecord[] = [
  { connector: 'directory', sourceKind: 'identity', externalId: 'id-1', namesLeaver: true },
  { connector: 'mdm', sourceKind: 'mdm', externalId: 'mdm-1', namesLeaver: true },
  { connector: 'books', sourceKind: 'inventory', externalId: 'asset-1', namesLeaver: true },
];

export const DEVICE_ID = 'dev_one';
export const SERIAL = 'C02XK0AAJG5H';

export function custodyOpened(changes: Partial<FactData['custody.opened']> = {}): FactData['custody.opened'] {
  return {
    epoch: 1,
    caseId: 'case_one',
    generation: 1,
    personId: 'per_one',
    route: 'dispose',
    serial: SERIAL,
    platform: 'windows',
    ownership: 'corporate',
    records: RECORDS,
    policyDigest: 'p'.repeat(64),
    ...changes,
  };
}

export function caseOpened(changes: Partial<FactData['case.opened']> = {}): FactData['case.opened'] {
  return {
    personId: 'per_one',
    kind: 'offboarding',
    generation: 1,
    source: 'hr',
    eventKey: 'event-1',
    effectiveAt: iso(T0),
    late: false,
    sources: [
      { connector: 'directory', sourceKind: 'identity' },
      { connector: 'mdm', sourceKind: 'mdm' },
      { connector: 'books', sourceKind: 'inventory' },
    ],
    rulesVersion: '1',
    policyDigest: 'p'.repeat(64),
    ...changes,
  };
}

export function sighting(changes: Partial<DeviceSighting> = {}): DeviceSighting {
  return {
    externalId: 'record-1',
    serial: SERIAL,
    manufacturer: null,
    model: null,
    assetTag: null,
    platform: 'unknown',
    ownership: 'unknown',
    holderExternalId: null,
    heldBySubject: false,
    lastSeenAt: null,
    ...changes,
  };
}

export function answered(
  connector: string,
  changes: Partial<FactData['source.answered']> = {},
): FactData['source.answered'] {
  return {
    generation: 1,
    connector,
    sourceKind: 'identity',
    person: 'known',
    personExternalIds: ['u1'],
    accountState: 'deactivated',
    basis: 'live',
    snapshotAt: null,
    askedAt: iso(T0),
    sightings: [],
    ...changes,
  };
}

export function discovered(changes: Partial<DiscoveredDevice> = {}): DiscoveredDevice {
  return {
    deviceId: DEVICE_ID,
    epoch: 1,
    serial: SERIAL,
    platform: 'windows',
    ownership: 'corporate',
    records: RECORDS,
    ...changes,
  };
}

export const JUDGED = { rulesVersion: '1', policyDigest: 'p'.repeat(64) } as const;

export function certified(
  changes: Partial<FactData['handoff.certified']> = {},
): FactData['handoff.certified'] {
  return {
    epoch: 1,
    pickupId: 'pick_one',
    certificateId: 'cert-1',
    level: 'purge',
    method: 'crypto-erase',
    outcome: 'erased',
    status: 'issued',
    date: iso(T0),
    documentDigest: 'c'.repeat(64),
    ...changes,
  };
}
