/**
 * What opens personal data: the key of each person, wrapped by the installation's, and commitments by which values are found
 * without being readable.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { KeyWrapper, WrappedKey } from './key-wrapper.ts';

/** Keys that are kept unwrapped: a wrapper may be a service over a network. */
const KEPT_KEYS = 10_000;

/** A new person's key: to use now, and as it is stored. */
export interface MadeKey {
  readonly key: KeyObject;
  readonly stored: WrappedKey;
}

export class PersonVault {
  readonly wrapper: KeyWrapper;
  readonly #index: KeyObject;
  readonly #kept = new Map<string, KeyObject>();

  /** @param indexSecret 32 bytes; the key of commitments. It cannot be rotated: what was erased could not be committed to anew. */
  constructor(wrapper: KeyWrapper, indexSecret: Buffer) {
    if (indexSecret.length !== 32) throw new Error('the index key must have 32 bytes');
    this.wrapper = wrapper;
    this.#index = createSecretKey(indexSecret);
  }

  /** HMAC-SHA-256: the same for the same value of that kind, and nothing to whoever has the database alone. */
  commitment(kind: string, value: string): Buffer {
    return createHmac('sha256', this.#index).update(`${kind}\n${value}`, 'utf8').digest();
  }

  async newKey(personId: string): Promise<MadeKey> {
    const secret = randomBytes(32);
    const stored = await this.wrapper.wrap(personId, secret);
    const key = createSecretKey(secret);
    this.#keep(keptAs(personId, stored), key);
    return { key, stored };
  }

  /** A person's key out of its row. A key that was destroyed has no row that this could be asked with. */
  async open(personId: string, stored: WrappedKey): Promise<KeyObject> {
    const name = keptAs(personId, stored);
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const key = createSecretKey(await this.wrapper.unwrap(personId, stored));
    this.#keep(name, key);
    return key;
  }

  /** The key under the installation's key of now; `null` when it is already. */
  async rewrap(personId: string, stored: WrappedKey): Promise<WrappedKey | null> {
    if (stored.by === this.wrapper.currentId) return null;
    return this.wrapper.wrap(personId, await this.wrapper.unwrap(personId, stored));
  }

  #keep(name: string, key: KeyObject): void {
    if (this.#kept.size >= KEPT_KEYS) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(name, key);
  }
}

function keptAs(personId: string, { wrapped, by }: WrappedKey): string {
  return `${personId} ${by} ${wrapped.toString('base64')}`;
}
