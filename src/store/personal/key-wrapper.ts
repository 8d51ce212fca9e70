/** The installation's key over the keys of people: the port, and what holds it in memory. */
import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SealBroken, seal, unseal } from './sealing.ts';

/** A person's key as it is stored. */
export interface WrappedKey {
  readonly wrapped: Buffer;
  /** Id of the installation's key that it was wrapped with. */
  readonly by: string;
}

/** Wraps and unwraps keys of people. A key management service fits here: it sees keys, never a person's data. */
export interface KeyWrapper {
  /** Id of the key that wraps from now on. */
  readonly currentId: string;
  wrap(personId: string, key: Buffer): Promise<WrappedKey>;
  /** @throws SealBroken when none of its keys fits. */
  unwrap(personId: string, wrapped: WrappedKey): Promise<Buffer>;
}

export interface WrappingKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** Wraps with keys in memory. @param keys The one in use first; the others only unwrap what they wrapped. */
export function localWrapper(keys: readonly WrappingKey[]): KeyWrapper {
  const [current] = keys;
  if (current === undefined) throw new Error('a key that wraps the keys of people is needed');
  if (keys.some(({ secret }) => secret.length !== 32)) throw new Error('a wrapping key must have 32 bytes');
  const known: ReadonlyMap<string, KeyObject> = new Map(
    keys.map(({ id, secret }) => [id, createSecretKey(secret)]),
  );
  const currentId = current.id;
  const keyOf = (id: string): KeyObject => {
    const key = known.get(id);
    if (key === undefined) throw new SealBroken(`this installation has no wrapping key ${id}`);
    return key;
  };
  return {
    currentId,
    wrap: async (personId, key) => ({ wrapped: seal(keyOf(currentId), personId, key), by: currentId }),
    unwrap: async (personId, { wrapped, by }) => unseal(keyOf(by), personId, wrapped),
  };
}
