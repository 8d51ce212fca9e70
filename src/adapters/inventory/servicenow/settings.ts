import { z } from 'zod';
import { OWNERSHIPS, PLATFORMS } from '../../../domain/platform.ts';

/** A column of `alm_hardware`, the instance's own ones included. */
const Column = z.string().regex(/^[a-z][a-z0-9_]*$/u, 'the name of a column, such as u_certificate');

/** `State` or `State / Substate`, by the labels that people see in the instance. Both count: "Retired" alone may still be on site. */
const StateName = z.string().regex(/^[^/]*[^/ ](?: \/ [^/ ][^/]*)?$/u, 'State, or State / Substate');

/** One ServiceNow instance. */
export const ServiceNowSettings = z.strictObject({
  /** Address of the instance, such as `https://example.service-now.com`. */
  baseUrl: z.url({ protocol: /^https?$/u }),
  /**
   * `{type: oauth, clientId, clientSecret}`: client credentials of an application registry entry that is tied to a user; or
   * `{type: basic, username, password}`.
   */
  auth: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('oauth'),
      clientId: z.string().min(1),
      clientSecret: z.string().min(1),
    }),
    z.strictObject({ type: z.literal('basic'), username: z.string().min(1), password: z.string().min(1) }),
  ]),
  /**
   * State and substate for each outcome, by the labels of the instance: their values are read from its choice lists. One that
   * does not exist refuses every closure with that outcome.
   */
  states: z
    .strictObject({
      /** State and substate of what is disposed of, as the instance labels them. */
      disposed: StateName.default('Retired / Disposed'),
      /** Of what is in stock. */
      inStock: StateName.default('In stock / Available'),
      /** Of what is lost. */
      lost: StateName.default('Missing / Lost'),
      /** Of what went back to the lessor. */
      returnedToLessor: StateName.default('Retired / Lease return'),
      /** Of what was sold to an employee. */
      sold: StateName.default('Retired / Sold'),
      /** Of what was lost and is back. */
      found: StateName.default('In stock / Pending evaluation'),
      /** Of what is kept, under a legal hold for instance. */
      retained: StateName.default('In stock / Legal hold'),
      /** Of what has left with the disposal vendor, until its record is closed: `In transit / Pending disposal`. Left out: not said. */
      left: StateName.optional(),
    })
    .prefault({}),
  /** The state of an asset that somebody uses, whether or not it names a person. */
  inUse: z.string().min(1).default('In use'),
  /** Language of the labels above, as in the instance's choice lists. */
  language: z.string().min(2).default('en'),
  /** Where the certificate's id is kept, whole and alone. A text column of its own is better: searchable, and nobody writes over it. */
  referenceField: Column.default('disposal_reason'),
  /** Where the date of the final disposition is kept. */
  dateField: Column.default('retired'),
  /**
   * Where our word for the outcome is kept besides, and compared when read back: `disposed`, `sold` …; once the vendor has
   * reported, what became of it instead: `destroyed`, `sold-domestic`, `exported`, `recycled`, `returned`, `sanitised`. Left
   * out: nowhere.
   */
  dispositionField: Column.optional(),
  /** The column that makes the instance write an asset off, and its value once that has ended; `off`: not our business. */
  depreciation: z
    .union([z.literal('off'), z.strictObject({ field: Column, stopped: z.string() })])
    .default({ field: 'depreciation', stopped: '' }),
  /**
   * Software licences allocated to the asset's configuration item (`alm_entitlement_asset`): `release` deletes the allocations
   * at a closure, `check` only refuses to call closed what still has any, `ignore` is for an instance without them.
   */
  licences: z.enum(['release', 'check', 'ignore']).default('release'),
  /** Which of the person's keys the instance uses as user id, beside e-mail and employee number. */
  username: z.enum(['work-email', 'work-email-local-part', 'employee-number', 'external-id']).optional(),
  /** Column whose label says whose property the asset is, what each label means, and what it means that there is none. */
  ownership: z
    .strictObject({
      field: Column.default('acquisition_method'),
      labels: z.record(z.string(), z.enum(OWNERSHIPS)).default({
        Purchase: 'corporate',
        Lease: 'leased',
        Rental: 'leased',
        'Bring Your Own Asset': 'personal',
      }),
      empty: z.enum(OWNERSHIPS).default('unknown'),
    })
    .prefault({}),
  /** Platform by the name of the asset's model category. */
  platformOfCategory: z.record(z.string(), z.enum(PLATFORMS)).default({}),
  /** Rows asked for at once. */
  pageSize: z.int().min(1).max(10_000).default(500),
  /** Milliseconds for one request, answer included. */
  timeLimitMs: z.int().positive().default(30_000),
  /** ServiceNow has no limit of its own; an administrator's rate limit rule counts requests per hour. */
  requestsPerSecond: z.number().positive().default(5),
  burst: z.int().positive().default(10),
});
export type ServiceNowSettings = z.infer<typeof ServiceNowSettings>;
