/** The keys of an installation: who signs now, who signs beside it while a rotation overlaps, and every key that checks. */
import { readKeyFiles, readPrivate } from './key-files.ts';
import type { KeyFile } from './key-files.ts';
import { KEY_PURPOSES, publicKeyOf, signerOf } from './keys.ts';
import type { KeyPurpose, PublicKey, Signer } from './keys.ts';

/** The keys of one purpose. */
export interface PurposeKeys {
  /** The one in use first; the others sign beside it until their overlap ends. Empty: nothing can be signed. */
  readonly signers: readonly Signer[];
  /** All that check, old ones too. */
  readonly publicKeys: readonly PublicKey[];
}

export type KeyRing = Readonly<Record<KeyPurpose, PurposeKeys>>;

/** Where keys come from. What is given stands before what a directory holds. */
export interface KeySource {
  readonly directory: string;
  /** Private keys (PKCS #8 PEM) by purpose, the one in use first; the directory then signs nothing of that purpose. */
  readonly given: Readonly<Partial<Record<KeyPurpose, readonly string[]>>>;
  /** Public keys (PEM) of private ones that are gone, of either purpose. */
  readonly retired: readonly string[];
  /** How long the key before goes on signing beside its successor, milliseconds. */
  readonly overlapMs: number;
}

/** @throws KeyProblem for what is no key, a key of another kind, or a private key that others can read. */
export function loadKeyRing(source: KeySource, now: Date): KeyRing {
  const files = readKeyFiles(source.directory);
  const retired = source.retired.map(publicKeyOfEither);
  const ring = (purpose: KeyPurpose): PurposeKeys => {
    const own = files.filter((file) => file.publicKey.purpose === purpose);
    const given = source.given[purpose]?.map((pem) => signerOf(purpose, pem));
    const signers =
      given ?? signing(own, source.overlapMs, now).map((file) => signerOf(purpose, readPrivate(file)));
    const publicKeys = [
      ...signers.map(({ publicKey }) => publicKey),
      ...own.map(({ publicKey }) => publicKey),
      ...retired.filter((key) => key.purpose === purpose),
    ];
    return { signers, publicKeys: [...new Map(publicKeys.map((key) => [key.id, key])).values()] };
  };
  return { checkpoints: ring('checkpoints'), packs: ring('packs') };
}

/**
 * The files that sign at a time, the newest first: with each older one until its successor is as old as the overlap.
 *
 * @param files Of one purpose, the newest first.
 */
export function signing(files: readonly KeyFile[], overlapMs: number, now: Date): readonly KeyFile[] {
  return files.filter((file, place) => {
    const successor = files[place - 1];
    const overlaps = successor === undefined || successor.createdAt.getTime() + overlapMs > now.getTime();
    return file.privatePath !== null && overlaps;
  });
}

/** The kind of the key tells what it was for. */
function publicKeyOfEither(pem: string): PublicKey {
  for (const purpose of KEY_PURPOSES.slice(0, -1)) {
    try {
      return publicKeyOf(purpose, pem);
    } catch {
      // Of the other purpose, or no key at all: the last one says so.
    }
  }
  return publicKeyOf('packs', pem);
}
