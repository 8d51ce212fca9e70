/** What activities are built from: the composition root gives it, they construct nothing themselves. */
import type { PostalAddress } from '../adapters/carrier/port.ts';
import type { Connectors } from '../adapters/connectors.ts';
import type { NoticePlan } from '../domain/notices/plan.ts';
import type { PeopleMode } from '../domain/people-groups.ts';
import type { CaseTerms } from '../store/cases.ts';
import type { Database } from '../store/database.ts';
import type { LinkKey } from '../store/people.ts';

/** Moments at which a crash test ends the process: between an effect and its record. */
export const CRASH_POINTS = [
  'wipe-claimed',
  'wipe-sent',
  'label-bought',
  'access-cut',
  'closure-written',
  'source-answered',
  'assess-committing',
  'assess-committed',
  'intake-linked',
  'intake-committed',
  'relay-delivered',
  'notice-claimed',
  'notice-sent',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Ids, codes and counts only: no names, no vendor texts. */
export interface Log {
  info(fields: Readonly<Record<string, string | number | boolean | null>>, message: string): void;
  warn(fields: Readonly<Record<string, string | number | boolean | null>>, message: string): void;
}

export interface EngineContext {
  readonly db: Database;
  readonly connectors: Connectors;
  /** What new cases are opened under. */
  readonly terms: CaseTerms;
  readonly linkBy: readonly LinkKey[];
  /** How far anything may go about groups of people. */
  readonly peopleModes: readonly PeopleMode[];
  readonly returns: {
    readonly to: PostalAddress | null;
    readonly weightGrams: number;
    readonly boxWeightGrams: number;
    /** Which carrier serves a country (ISO 3166-1); for the others, the first that may act. */
    readonly carriers: Readonly<Record<string, string>>;
    /** Whether labels that nobody will use are given back. */
    readonly refundLabels: boolean;
  };
  /** Longest pause between tries of a vendor that does not answer, milliseconds. */
  readonly retryCapMs: number;
  /** Who is told of chasers and escalations, and where. */
  readonly notices: NoticePlan;
  readonly clock: () => Date;
  readonly log: Log;
  /** Does nothing outside crash tests. */
  readonly crash: (point: CrashPoint) => void;
}

/** The named connector. @throws Error when the configuration does not have it (any more). */
export function connectorOf<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new Error(`connector ${name} is not configured`);
  return found;
}
