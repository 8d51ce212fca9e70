/**
 * The inventory (ITAM): the books. It names the holder of an asset, and in the end it must say that the asset is disposed
 * of. Implemented by `snipeit/`.
 */
import type { DeviceSighting } from '../../domain/sighting.ts';
import type { CallOptions, Page } from '../read-options.ts';

/** Where an asset stands in the books, in our words; `other` with the vendor's label in `label`. */
export type AssetState = 'in-use' | 'in-stock' | 'pending' | 'disposed' | 'lost' | 'other';

export interface Asset extends DeviceSighting {
  readonly state: AssetState;
  /** The vendor's own label of that state (a configured word, not personal data). */
  readonly label: string;
  /** The certificate reference that the record carries, if any. */
  readonly disposalReference: string | null;
}

/** What the books must say at the end. */
export interface AssetClosure {
  readonly state: 'disposed';
  /** Date of the final disposition, ISO 8601 UTC. */
  readonly at: string;
  /** The certificate's id, kept on the record. */
  readonly reference: string;
  /** The custody it belongs to, for the note on the record (`custody:<device id>:<epoch>`). */
  readonly custody: string;
}

/** Who an asset is looked up for: the inventory may know the person by any of these. Never logged. */
export interface PersonKeys {
  readonly externalIds: readonly string[];
  readonly workEmail: string | null;
  readonly employeeNumber: string | null;
}

export interface Inventory {
  /** Every asset checked out to the person; fully paged, or it throws. A person unknown to it holds none: empty. */
  listAssetsOf(person: PersonKeys, options?: CallOptions): Promise<readonly Asset[]>;
  /**
   * All records with that serial (more than one is possible), compared again on our side. Live.
   * @param person Whom `heldBySubject` is about; `null` = nobody, then it is false.
   */
  findBySerial(serial: string, person: PersonKeys | null, options?: CallOptions): Promise<readonly Asset[]>;
  readAsset(externalId: string, options?: CallOptions): Promise<Asset | null>;
  /** Writes the final state (assignment cleared). Idempotent: a record that already says so is left alone. Does not prove it: read back. */
  closeAsset(externalId: string, closure: AssetClosure, options?: CallOptions): Promise<void>;
  /** Whether `asset`, as just read, says what `closure` asked for. */
  isClosed(asset: Asset, closure: AssetClosure): boolean;
  /** All assets, page by page. */
  listAssets(cursor: string | null, options?: CallOptions): Promise<Page<Asset>>;
  probe(options?: CallOptions): Promise<{ readonly missing: readonly string[] }>;
}
