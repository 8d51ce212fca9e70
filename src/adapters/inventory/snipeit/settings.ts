import { z } from 'zod';
import { PLATFORMS } from '../../../domain/platform.ts';

/** Database column of a custom field, as Snipe-IT prints it in `custom_fields[…].field`. */
const CustomColumn = z
  .string()
  .regex(/^_snipeit_\w+$/u, 'the column of a custom field, such as _snipeit_certificate_3');

/** One Snipe-IT installation. */
export const SnipeitSettings = z.strictObject({
  /** Address of the installation, without `/api/v1`. */
  baseUrl: z.url({ protocol: /^https?$/u }),
  /** API token of a user who may view users, view, edit and check in assets, and see `licences`. */
  token: z.string().min(1),
  /**
   * Names of the installation's own status labels, one for each outcome; several may share one. A name that does not exist
   * refuses every closure with that outcome.
   */
  labels: z
    .strictObject({
      disposed: z.string().min(1).default('Disposed'),
      inStock: z.string().min(1).default('Ready to Deploy'),
      lost: z.string().min(1).default('Lost'),
      returnedToLessor: z.string().min(1).default('Returned to Lessor'),
      sold: z.string().min(1).default('Sold'),
      found: z.string().min(1).default('Found'),
      retained: z.string().min(1).default('Retained'),
      /** Of what has left with the disposal vendor, until its record is closed. Left out: not said. */
      left: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Where the certificate's id is kept: a line in the notes, or a text field of its own (better: searchable, exact). */
  referenceField: z.union([z.literal('notes'), CustomColumn]).default('notes'),
  /**
   * Seats of software licences checked out to the asset: `release` checks them in at a closure after which it is not ours, `check`
   * only refuses to call closed what still has any, `ignore` never looks. The first two need a user who may view licences, the
   * first also check them out and in.
   */
  licences: z.enum(['release', 'check', 'ignore']).default('release'),
  /** Which of the person's keys the installation uses as user name, beside e-mail and employee number. */
  username: z.enum(['work-email', 'work-email-local-part', 'employee-number', 'external-id']).optional(),
  /** Custom field that says whose property the asset is, in our words; without it `byod` decides. */
  ownershipField: CustomColumn.optional(),
  /** Custom field that says the platform, in our words. */
  platformField: CustomColumn.optional(),
  /** Platform by the name of the asset's category, where no field says it. */
  platformOfCategory: z.record(z.string(), z.enum(PLATFORMS)).default({}),
  /**
   * Texts by which the installation says that a record does not exist: an answer like any other (HTTP 200), worded in the
   * language of the token's user.
   */
  notFoundTexts: z.array(z.string().min(1)).default(['does not exist', 'not found']),
  /** Rows asked for at once; the installation's own maximum (`MAX_RESULTS`) wins. */
  pageSize: z.int().min(1).max(500).default(500),
  timeLimitMs: z.int().positive().default(20_000),
  /** The vendor's default throttle is 120 requests a minute: 1.9 × 60 + 6 = 120. */
  requestsPerSecond: z.number().positive().default(1.9),
  burst: z.int().positive().default(6),
});
export type SnipeitSettings = z.infer<typeof SnipeitSettings>;
