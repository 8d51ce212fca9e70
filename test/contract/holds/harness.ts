/** What the hold source suite needs to know of a vendor's simulator. */
import type { HoldSource } from '../../../src/adapters/holds/port.ts';
import type { Match, TestSandbox } from '../support/planted.ts';

export interface HoldHarness {
  readonly sandbox: TestSandbox;
  /** Texts that must never show in an error. */
  readonly secrets: readonly string[];
  source(options?: { readonly timeoutMs?: number; readonly baseUrl?: string }): HoldSource;
  /** What the legal department does: opens a matter, keeps a person's data for it, lets it go, ends the matter. */
  open(matter: string): Promise<void>;
  hold(matter: string, address: string): Promise<void>;
  lift(matter: string, address: string): Promise<void>;
  close(matter: string): Promise<void>;
  /** States between being on hold and not, each brought about for a person. */
  readonly unsettled: Readonly<Record<string, (matter: string, address: string) => Promise<void>>>;
  /** More matters, and more people in one, than fit on a page. */
  readonly severalPages: number;
  /** Every kind of request that a reading takes, where one person is on hold. */
  readonly requests: Readonly<Record<string, Match>>;
  /** A page of matters, or of people, that is not the first. */
  readonly laterPage: Match;
  /** Takes the right to read away. */
  revoke(): Promise<void>;
  stop(): Promise<void>;
}
