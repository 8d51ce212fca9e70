/** `audit/population.json` and `audit/statements.json`: what is given, not computed. Canonical JSON. */
import { z } from 'zod';
import { canonicalDigest } from '../../canonical.ts';
import { PERIOD_LIMITS } from './files.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/u);
const Count = z.int().min(0);
const Instant = z.iso.datetime();
const SOURCE_KINDS = ['hr', 'identity'] as const;

const Period = z.strictObject({
  id: z.string(),
  from: z.iso.date(),
  until: z.iso.date(),
  timeZone: z.string(),
  start: Instant,
  end: Instant,
  seed: z.string(),
  seedBy: z.enum(['caller', 'handback']),
  sample: z.int().min(0).max(PERIOD_LIMITS.sample),
});

/**
 * One account that a live source calls gone. People stand here by our own id, and accounts by a keyed commitment: whoever has
 * the key and the list of the source can tell whose it is, and nobody else.
 */
const Listed = z.strictObject({
  account: z.string().regex(/^acct_[0-9a-f]{32}$/u),
  /** `null`: nobody here is linked to it. */
  personId: z.string().nullable(),
  /** `null`: the source does not tell. */
  leftAt: Instant.nullable(),
  /** `unclear`: deactivated, and nothing says whether for good. */
  state: z.enum(['gone', 'unclear']),
});
export type Listed = z.infer<typeof Listed>;

/** A leaver by what was recorded when the source said so. */
const Recorded = z.strictObject({ personId: z.string(), leftAt: Instant, event: z.string() });
export type Recorded = z.infer<typeof Recorded>;

/** What one source says, live and by the record. */
const Source = z.strictObject({
  connector: z.string(),
  kind: z.enum(SOURCE_KINDS),
  /** `not-offered`: it lets nobody list its people. `not-answered`: it was asked and has not listed all of them. */
  outcome: z.enum(['listed', 'not-offered', 'not-answered']),
  query: z.string(),
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  accounts: Count,
  listDigest: Digest.nullable(),
  live: z.array(Listed).max(PERIOD_LIMITS.leavers),
  recorded: z.array(Recorded).max(PERIOD_LIMITS.leavers),
});
export type PopulationSource = z.infer<typeof Source>;

const Population = z.strictObject({
  basis: z.literal('as listed by the sources, and as recorded'),
  period: Period,
  sources: z.array(Source),
});
export type Population = z.infer<typeof Population>;
export type PeriodOf = Population['period'];

const Statements = z.strictObject({
  basis: z.literal('statement of the operator'),
  /** Leavers without a case for whom a word was taken in, and what was made of it. */
  excluded: z.array(
    z.strictObject({
      connector: z.string(),
      account: z.string().nullable(),
      personId: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  /** Cases of hardware without a person, opened in the period: no leaver belongs to them. */
  retirements: Count,
  /** Everybody who was ever seen using the installation. Roles stand in the facts. */
  actors: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['person', 'program', 'token']),
      knownAt: Instant,
      lastSeenAt: Instant.nullable(),
      erased: z.boolean(),
    }),
  ),
  /** Checkpoints that were signed in the period, and the longest time without one. A ledger that did not grow needs none. */
  checkpoints: z.strictObject({
    signed: Count,
    longestGap: z.strictObject({ from: Instant, until: Instant }).nullable(),
  }),
  /** How connectors stand at the export. */
  connectors: z.array(
    z.strictObject({
      connector: z.string(),
      lastOkAt: Instant.nullable(),
      lastErrorAt: Instant.nullable(),
      lastErrorCode: z.string().nullable(),
    }),
  ),
});
export type Statements = z.infer<typeof Statements>;

export const POPULATION_BASIS = 'as listed by the sources, and as recorded';
export const STATEMENT_BASIS = 'statement of the operator';

/** What the ledger keeps of a list. */
export function listDigest(live: readonly Listed[]): string {
  return canonicalDigest(live);
}

/** @returns The value, or a sentence that says what is wrong with it. */
export function parsePopulation(value: unknown): Population | string {
  return parsed(Population, value);
}

/** @returns The value, or a sentence that says what is wrong with it. */
export function parseStatements(value: unknown): Statements | string {
  return parsed(Statements, value);
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T | string {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  return `${first?.path.join('.') ?? ''}: ${first?.message ?? 'not as the format says'}`;
}
