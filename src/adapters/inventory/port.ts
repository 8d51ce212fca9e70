/**
 * The inventory (ITAM): the books. It names the holder of an asset, and in the end it must say what became of the asset.
 * Implemented by `snipeit/`, `servicenow/`, `sql/` and, to read only, `lansweeper/`.
 */
import { DISPOSAL_ENDS } from '../../domain/disposal-end.ts';
import type { DisposalEnd } from '../../domain/disposal-end.ts';
import type { RedactedAnswer } from '../../domain/redacted-answer.ts';
import type { DeviceSighting } from '../../domain/sighting.ts';
import type { CallOptions, Page } from '../read-options.ts';

/** What the books may say of an asset that left its holder. `found`: it was lost, and is back in our hands. */
export const ASSET_OUTCOMES = [
  'disposed',
  'in-stock',
  'returned-to-lessor',
  'sold',
  'lost',
  'found',
  'retained',
] as const;
export type AssetOutcome = (typeof ASSET_OUTCOMES)[number];

/** The outcomes after which an asset is not ours any more: it needs no licence, and nothing is left to write off. */
const ENDING: ReadonlySet<string> = new Set(['disposed', 'returned-to-lessor', 'sold']);

export function endsOwnership(state: AssetState): boolean {
  return ENDING.has(state);
}

/** Where an asset stands in the books, in our words; `other` with the vendor's label in `label`. */
export type AssetState = AssetOutcome | 'in-use' | 'pending' | 'other';

export interface Asset extends DeviceSighting {
  readonly state: AssetState;
  /** The vendor's own label of that state (a configured word, not personal data). */
  readonly label: string;
  /** The reference of the last closure that the record carries (of a disposal, its certificate), if any. */
  readonly disposalReference: string | null;
  /** What the books say beside the state; absent where the inventory keeps nothing of the kind. */
  readonly books?: AssetBooks;
  /** The vendor's own record, redacted; of a record that was read singly. */
  readonly answer?: RedactedAnswer;
}

/** The part of a record that accounting and licence management live by. `null`: the inventory does not say, or was not asked. */
export interface AssetBooks {
  /** Date of the final disposition, `YYYY-MM-DD`. */
  readonly closedOn: string | null;
  /**
   * Software licences that are still allocated to it. Read for assets that are not ours any more; in a listing for all, where
   * that costs no request for each: a device may be gone by our records, and not by the books.
   */
  readonly licences: number | null;
  /** Whether it is still being written off. */
  readonly depreciating: boolean | null;
  /** Our word for what became of it; absent where the inventory has no place for it. */
  readonly disposition?: string | null;
}

/** What the books must say at the end. */
export type AssetClosure = ClosureTerms &
  (
    | {
        readonly state: 'disposed';
        /** The certificate's id, kept on the record. */
        readonly reference: string;
      }
    | {
        readonly state: Exclude<AssetOutcome, 'disposed'>;
        /** The id of a receipt, bill or decision, kept on the record; `null` where there is none. */
        readonly reference: string | null;
      }
  );

interface ClosureTerms {
  /** What the vendor reported to have done with it; absent where nobody has said. Kept in our words, where there is a place for it. */
  readonly disposition?: DisposalEnd;
  /** Date of the final disposition, ISO 8601 UTC. */
  readonly at: string;
  /** The custody it belongs to, for the note on the record (`custody:<device id>:<epoch>`). */
  readonly custody: string;
}

/** What stands in the books as the disposition of a closure. */
export function dispositionWord({ disposition, state }: AssetClosure): string {
  return disposition ?? state;
}

/** All words that may stand there. */
export const DISPOSITION_WORDS: ReadonlySet<string> = new Set([...ASSET_OUTCOMES, ...DISPOSAL_ENDS]);

/** Whether the books name it: those that have no place for it need not. */
export function namesDisposition({ books }: Asset, closure: AssetClosure): boolean {
  return books?.disposition === undefined || books.disposition === dispositionWord(closure);
}

/** The record as it would be with that word in its place. */
export function withDisposition(asset: Asset, disposition: DisposalEnd): Asset {
  return asset.books?.disposition === undefined
    ? asset
    : { ...asset, books: { ...asset.books, disposition } };
}

/** Who an asset is looked up for: the inventory may know the person by any of these. Never logged. */
export interface PersonKeys {
  readonly externalIds: readonly string[];
  readonly workEmail: string | null;
  readonly employeeNumber: string | null;
}

/** The state of an asset that is under way to, or at, the disposal vendor. */
export interface LeavingState {
  /**
   * Writes that state, and nothing else: the assignment stays until the record is closed, unless the vendor takes it by itself. Idempotent, and no end is undone: a
   * record that says so, or has an outcome that ends our ownership, is left alone. @throws ConnectorError `refused` when the
   * installation has no such state; `conflict` as for `closeAsset`.
   */
  markLeft(externalId: string, options?: CallOptions): Promise<void>;
  /** Whether `asset`, as just read, says so. */
  saysLeft(asset: Asset): boolean;
}

/** The place for what became of an asset, where the configuration names one. */
export interface DispositionPlace {
  /**
   * Writes that word, and nothing else, into a record that is closed. Idempotent: a record that says it is left alone. Does not
   * prove it: read back. @throws ConnectorError as for `closeAsset`.
   */
  enterDisposition(externalId: string, disposition: DisposalEnd, options?: CallOptions): Promise<void>;
}

export interface CloseOptions extends CallOptions {
  /**
   * Whom the books named when it was found that the asset may be taken from them; `null`: nobody. That they name somebody else by
   * now is a `conflict`. Absent: whoever it is.
   */
  readonly heldBy?: string | null;
}

/** Whether the books name by now somebody of whom nobody knew when the closure was ordered. */
export function isAnothers(holder: string | null, { heldBy }: CloseOptions = {}): boolean {
  return holder !== null && heldBy !== undefined && holder !== heldBy;
}

export interface Inventory {
  /**
   * Whether `closeAsset` can write. `false`: the inventory is only read; what became of an asset is written there by somebody
   * else, and read back.
   */
  readonly closes: boolean;
  /** Every asset checked out to the person; fully paged, or it throws. A person unknown to it holds none: empty. */
  listAssetsOf(person: PersonKeys, options?: CallOptions): Promise<readonly Asset[]>;
  /**
   * All records with that serial (more than one is possible), compared again on our side. Live.
   * @param person Whom `heldBySubject` is about; `null` = nobody, then it is false.
   */
  findBySerial(serial: string, person: PersonKeys | null, options?: CallOptions): Promise<readonly Asset[]>;
  readAsset(externalId: string, options?: CallOptions): Promise<Asset | null>;
  /**
   * Writes the outcome (assignment cleared first). Idempotent: a record that already says so is left alone. Does not prove it:
   * read back. Where the outcome ends our ownership, licences are released and depreciation is stopped too, as far as the
   * inventory has them. @throws ConnectorError `refused`, nothing changed, when the installation has no status for that
   * outcome, or cannot be written (`closes`); `conflict` when somebody else changed the record meanwhile, as far as the vendor lets us see that.
   */
  closeAsset(externalId: string, closure: AssetClosure, options?: CloseOptions): Promise<void>;
  /** Whether `asset`, as just read, says what `closure` asked for. */
  isClosed(asset: Asset, closure: AssetClosure): boolean;
  /** Present where the configuration maps a state for what has left the building and is not disposed of yet. */
  readonly leaving?: LeavingState;
  /** Present where the configuration names a place for what became of an asset. */
  readonly dispositionPlace?: DispositionPlace;
  /** All assets, page by page. */
  listAssets(cursor: string | null, options?: CallOptions): Promise<Page<Asset>>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
