import { z } from 'zod';
import { OWNERSHIPS, PLATFORMS } from '../../../domain/platform.ts';

/** Name of a custom field of the sites, as people see it. */
const FieldName = z.string().min(1).max(128);

/**
 * States that prove nothing about where an asset is: a cleanup rule of the vendor sets one when a scan has not seen it for a
 * while, and takes it back at the next scan.
 */
const PROVES_NOTHING: ReadonlySet<string> = new Set(['Active', 'Non-active']);
const FinalState = z
  .string()
  .min(1)
  .refine((state) => !PROVES_NOTHING.has(state), 'a state that people set: cleanup rules set this one');

/** One Lansweeper account, which is only read. */
const Settings = z.strictObject({
  /** Address of the API, without `/api/v2/graphql`. */
  baseUrl: z.url({ protocol: /^https?$/u }).default('https://api.lansweeper.com'),
  /** Personal access token of a personal application that may see the sites. Either this, or `oauth`. */
  token: z.string().min(1).optional(),
  /** An OAuth application that somebody let see the sites. Either this, or `token`. */
  oauth: z
    .strictObject({
      /** Id of the application. */
      clientId: z.string().min(1),
      /** Its secret. */
      clientSecret: z.string().min(1),
      /** Refresh token of the authorisation: access tokens are fetched, and renewed, with it. */
      refreshToken: z.string().min(1),
    })
    .optional(),
  /** Ids of the sites to read; left out: every site that the token may see. */
  sites: z.array(z.uuid()).min(1).optional(),
  /**
   * Who has an asset: custom fields that people keep, and the user whom a scan saw signed in last. At least one; the first of
   * these that an asset has counts.
   */
  holder: z
    .strictObject({
      /** Custom field with the person's employee number. */
      employeeNumber: FieldName.optional(),
      /** Custom field with the person's e-mail. Facts keep a digest of it, never the address. */
      workEmail: FieldName.optional(),
      /** Which of the person's keys users sign in by. Whoever signed in last need not be who has it: nobody assigned anything. */
      userName: z.enum(['work-email', 'work-email-local-part', 'employee-number']).optional(),
    })
    .refine((holder) => Object.keys(holder).length > 0, 'names nothing'),
  /** The state that means each outcome, by its name in Lansweeper; several may share one. An outcome without one is never read. */
  states: z.strictObject({
    /** Of what is disposed of. There is none of the vendor's own for it. */
    disposed: FinalState,
    /** Of what is in stock. */
    inStock: FinalState.default('Stock'),
    /** Of what was sold to an employee. */
    sold: FinalState.default('Sold'),
    /** Of what is lost. */
    lost: FinalState.default('Stolen'),
    /** Of what went back to the lessor. */
    returnedToLessor: FinalState.optional(),
    /** Of what was lost and is back. */
    found: FinalState.optional(),
    /** Of what is kept, under a legal hold for instance. */
    retained: FinalState.optional(),
  }),
  /** Custom field with the certificate's id, whole and alone. Left out, the state alone says that a record is closed. */
  referenceField: FieldName.optional(),
  /** Custom field that says whose property the asset is: in our words, or those of `ownerships`. */
  ownershipField: FieldName.optional(),
  /** What the values of that field mean. */
  ownerships: z.record(z.string(), z.enum(OWNERSHIPS)).default({}),
  /** Whose property an asset is where no field says it. */
  ownershipUnsaid: z.enum(OWNERSHIPS).default('unknown'),
  /** Platform by the asset's type. */
  platformOfType: z
    .record(z.string(), z.enum(PLATFORMS))
    .default({ Windows: 'windows', Linux: 'linux', 'Apple Mac': 'macos' }),
  /** Assets asked for at once. */
  pageSize: z.int().min(1).max(500).default(500),
  /** Milliseconds for one request, answer included. */
  timeLimitMs: z.int().positive().default(30_000),
  /** The vendor's limits are 150 a minute (0.5 × 60 + 100) and 2,000 an hour (0.5 × 3,600 + 100), for the whole account. */
  requestsPerSecond: z.number().positive().default(0.5),
  burst: z.int().positive().default(100),
  /** Milliseconds in which nothing is asked after the vendor said that it was too much: asking would begin its wait anew. */
  quietMs: z.int().min(0).default(61_000),
});

export const LansweeperSettings = Settings.refine(
  ({ token, oauth }) => (token === undefined) !== (oauth === undefined),
  { path: ['token'], error: 'either token or oauth' },
);
export type LansweeperSettings = z.infer<typeof LansweeperSettings>;
