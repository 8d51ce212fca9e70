/** What the identity suite needs to know of a vendor's simulator. */
import type { IdentityProvider } from '../../../src/adapters/identity/port.ts';
import type { AccessItem } from '../../../src/domain/access.ts';
import type { Match, TestSandbox } from '../support/planted.ts';

export interface IdentityHarness {
  readonly sandbox: TestSandbox;
  /** Credentials that must never show in an error. */
  readonly secrets: readonly string[];
  /** An adapter; `timeoutMs` is the time limit of one request (default: generous). */
  provider(options?: { readonly timeoutMs?: number; readonly baseUrl?: string }): IdentityProvider;
  /** The vendor's id of a seeded person. */
  idOf(key: 'maya' | 'ada' | 'bo'): Promise<string>;
  /** An id in the vendor's form that nobody has. */
  readonly unknownId: string;
  /** Adds this many people more, so that listings need several pages. */
  addPeople(count: number): Promise<void>;
  /** More people than fit on one page of a listing. */
  readonly severalPages: number;
  /** What an administrator does at the vendor. */
  act(key: 'ada' | 'bo', act: 'disable' | 'enable' | 'delete'): Promise<void>;
  /** Changes the country in the profile at the vendor. */
  setCountry(key: 'ada' | 'bo', country: string): Promise<void>;
  /** Requests by what they are for. */
  readonly requests: {
    readonly readPerson: Match;
    readonly listPersons: Match;
    /** The later pages of the same. */
    readonly laterPersons: Match;
    readonly listDevices: Match;
    readonly disable: Match;
    readonly revokeSessions: Match;
    readonly changes: Match;
  };
  /** Kinds of effects that the simulator counts. */
  readonly effects: { readonly disable: string; readonly revokeSessions: string };
  /** What the vendor offers to cut and how each is known, after a cut. */
  readonly cut: Readonly<
    Record<
      AccessItem,
      { readonly state: 'cut' | 'not-offered'; readonly basis: 'read-back' | 'vendor-answer' }
    >
  >;
  /** Serials that the vendor shows among Ada's devices. */
  readonly serialsOfAda: readonly string[];
  stop(): Promise<void>;
}
