import { z } from 'zod';
import { DEADLINE_TRIGGERS } from '../domain/deadlines.ts';
import { OWNERSHIPS, PLATFORMS } from '../domain/platform.ts';
import type { Policy } from '../domain/policy.ts';
import { RETURN_MEANS } from '../domain/return-means.ts';
import { GRADES } from '../domain/wipe.ts';
import { Duration } from './duration.ts';
import { PeopleSelector } from './people-selector.ts';
import { ReconciliationSchema } from './reconciliation-schema.ts';
import { Country, WorkingDaysSchema } from './working-days-schema.ts';

const Grade = z.enum(GRADES);

const Ladder = z
  .array(z.strictObject({ after: Duration, to: z.string().min(1) }))
  .transform((rungs) =>
    rungs.map(({ after, to }) => ({ afterMs: after, to })).toSorted((a, b) => a.afterMs - b.afterMs),
  );

const Timing = z
  .strictObject({
    platforms: z.array(z.enum(PLATFORMS)).min(1).optional(),
    ownerships: z.array(z.enum(OWNERSHIPS)).min(1).optional(),
    ...PeopleSelector,
    when: z.enum(['on-leave', 'after-grace', 'on-return']),
    grace: Duration.prefault('0s'),
  })
  .refine((timing) => timing.when !== 'after-grace' || timing.grace > 0, {
    path: ['grace'],
    message: 'after-grace needs a grace of more than zero',
  });

/** Who hears of a passed deadline when the policy names nobody else. */
const DEFAULT_LADDER = [
  { after: '0s', to: 'operator' },
  { after: '3d', to: 'asset-manager' },
  { after: '5d', to: 'security' },
];

/** Of a return: the chasers are the leaver's rung, then whoever can ask them in person, then who owns the device. */
const RETURN_LADDER = [
  { after: '5d', to: 'manager' },
  { after: '8d', to: 'asset-manager' },
  { after: '12d', to: 'security' },
];

function ladder(rungs = DEFAULT_LADDER) {
  return Ladder.prefault(rungs);
}

function said<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: T });
}

/**
 * The `policy` section. Every key has a default that follows common practice: access within a day, remote return in five
 * working days, chasers every three days, escalation at ten.
 */
export const PolicySchema = z
  .strictObject({
    discovery: z.strictObject({ due: Duration.prefault('4h') }).prefault({}),
    accessCut: z
      .strictObject({
        mode: z.enum(['enforce', 'verify-only']).default('enforce'),
        due: Duration.prefault('1d'),
        sourceDownDelay: Duration.prefault('15m'),
        settle: Duration.prefault('15m'),
      })
      .prefault({}),
    dataHandover: z
      .strictObject({ required: z.boolean().default(false), due: Duration.prefault('3d') })
      .prefault({}),
    wipe: z
      .strictObject({
        timing: z.array(Timing).default([]),
        approval: z.enum(['policy', 'person']).default('person'),
        approvalLife: Duration.prefault('1d'),
        attempts: z.int().min(1).max(10).default(3),
        retry: Duration.prefault('5m'),
        due: Duration.prefault('5d'),
        appleSilence: Duration.prefault('1d'),
        acknowledgedGrade: Grade.default('none'),
        acknowledgedGradeBasis: z.string().min(1).nullable().default(null),
      })
      .refine((wipe) => wipe.acknowledgedGrade === 'none' || wipe.acknowledgedGradeBasis !== null, {
        path: ['acknowledgedGradeBasis'],
        message: 'a grade other than none needs its basis',
      })
      .prefault({}),
    wipeLimit: z
      .strictObject({
        count: z.int().min(1).default(10),
        window: Duration.prefault('20m'),
        perDay: z.int().min(1).default(50),
        fleetShare: z.number().gt(0).max(1).default(0.1),
      })
      .prefault({}),
    return: z
      .strictObject({
        due: Duration.prefault('5d'),
        chaseEvery: Duration.prefault('3d'),
        chases: z.int().min(0).max(20).default(3),
        lostInTransitAfter: Duration.prefault('30d'),
        means: z
          .strictObject({
            default: z.enum(RETURN_MEANS).default('label'),
            byCountry: z.record(Country, z.enum(RETURN_MEANS)).default({}),
          })
          .optional(),
        labelsMost: z.int().min(1).max(5).optional(),
      })
      .prefault({}),
    handoff: z
      .strictObject({
        stageDue: Duration.prefault('14d'),
        receiptDue: Duration.prefault('10d'),
        certificateDue: Duration.prefault('30d'),
        minimumGrade: z.enum(['clear', 'purge', 'destroy']).default('purge'),
        stageAfter: Duration.optional(),
        leaveDue: Duration.optional(),
        statusDue: Duration.optional(),
        countDue: Duration.optional(),
        owners: z.partialRecord(z.enum(DEADLINE_TRIGGERS), z.string().min(1).max(64)).optional(),
        certifications: z
          .strictObject({
            required: z.array(z.string().min(1).max(64)).default([]),
            onLapse: z.enum(['flag', 'refuse']).default('flag'),
          })
          .optional(),
      })
      .prefault({}),
    closure: z
      .strictObject({ due: Duration.prefault('5d'), dispositionDue: Duration.optional() })
      .prefault({}),
    release: z
      .strictObject({
        activationLock: z.boolean().default(true),
        autopilot: z.boolean().default(true),
        mdmRecord: z.boolean().default(true),
        enrolment: z.boolean().default(false),
      })
      .prefault({}),
    decisions: z
      .strictObject({ life: Duration.prefault('1d'), waiverMax: Duration.prefault('90d') })
      .prefault({}),
    exceptions: z.strictObject({ due: Duration.prefault('5d') }).prefault({}),
    reconciliation: ReconciliationSchema.optional(),
    people: z.strictObject({ retention: Duration.optional() }).prefault({}),
    workingDays: WorkingDaysSchema,
    escalation: z
      .strictObject({
        discovery: ladder(),
        'access-cut': ladder(),
        'data-handover': ladder(),
        wipe: ladder(),
        return: ladder(RETURN_LADDER),
        'itad-handoff': ladder(),
        'inventory-closure': ladder(),
        exception: ladder(),
      })
      .prefault({}),
  })
  .transform((policy): Policy => ({
    discovery: { dueMs: policy.discovery.due },
    accessCut: {
      mode: policy.accessCut.mode,
      dueMs: policy.accessCut.due,
      sourceDownDelayMs: policy.accessCut.sourceDownDelay,
      settleMs: policy.accessCut.settle,
      onSuspension: 'record',
    },
    dataHandover: { required: policy.dataHandover.required, dueMs: policy.dataHandover.due },
    wipe: {
      timing: [
        ...policy.wipe.timing.map(({ platforms, ownerships, countries, groups, when, grace }) => ({
          platforms: platforms ?? null,
          ownerships: ownerships ?? null,
          // Absent where it is about everybody: such a policy has the digest that it always had.
          ...(countries && { countries }),
          ...(groups && { groups }),
          when,
          graceMs: grace,
        })),
        { platforms: null, ownerships: null, when: 'on-leave', graceMs: 0 },
      ],
      approval: policy.wipe.approval,
      approvalLifeMs: policy.wipe.approvalLife,
      attempts: policy.wipe.attempts,
      retryMs: policy.wipe.retry,
      dueMs: policy.wipe.due,
      appleSilenceMs: policy.wipe.appleSilence,
      acknowledgedGrade: policy.wipe.acknowledgedGrade,
      acknowledgedGradeBasis: policy.wipe.acknowledgedGradeBasis,
    },
    wipeLimit: {
      count: policy.wipeLimit.count,
      windowMs: policy.wipeLimit.window,
      perDay: policy.wipeLimit.perDay,
      fleetShare: policy.wipeLimit.fleetShare,
    },
    return: {
      dueMs: policy.return.due,
      chaseEveryMs: policy.return.chaseEvery,
      chases: policy.return.chases,
      lostInTransitAfterMs: policy.return.lostInTransitAfter,
      // As with calendars: who says nothing of it keeps the digest that they had.
      ...(policy.return.means !== undefined && { means: policy.return.means }),
      ...said('labelsMost', policy.return.labelsMost),
    },
    handoff: {
      stageDueMs: policy.handoff.stageDue,
      receiptDueMs: policy.handoff.receiptDue,
      certificateDueMs: policy.handoff.certificateDue,
      minimumGrade: policy.handoff.minimumGrade,
      // What a policy does not say is not in it: it has the digest that it always had.
      ...said('stageAfterMs', policy.handoff.stageAfter),
      ...said('leaveDueMs', policy.handoff.leaveDue),
      ...said('statusDueMs', policy.handoff.statusDue),
      ...said('countDueMs', policy.handoff.countDue),
      ...said('owners', policy.handoff.owners),
      ...said('certifications', policy.handoff.certifications),
    },
    closure: {
      dueMs: policy.closure.due,
      ...said('dispositionDueMs', policy.closure.dispositionDue),
    },
    release: {
      activationLock: policy.release.activationLock,
      autopilot: policy.release.autopilot,
      mdmRecord: policy.release.mdmRecord,
      ...(policy.release.enrolment && { enrolment: true as const }),
    },
    decisions: { lifeMs: policy.decisions.life, waiverMaxMs: policy.decisions.waiverMax },
    exceptions: { dueMs: policy.exceptions.due },
    ...said('reconciliation', policy.reconciliation),
    // As with calendars: who says nothing of it keeps the digest that they had.
    ...(policy.people.retention !== undefined && { people: { retentionMs: policy.people.retention } }),
    // A policy without calendars says nothing of them: it has the digest that it always had.
    ...(Object.keys(policy.workingDays).length > 0 && { workingDays: policy.workingDays }),
    escalation: policy.escalation,
  }));
