import { typeid } from 'typeid-js';
import { sha256Hex } from '../ledger/canonical.ts';
import { ID_PREFIXES } from '../domain/ids.ts';
import type { IdKind } from '../domain/ids.ts';

/** A new opaque, time-ordered id such as `case_01kf…` (TypeID: UUIDv7 in base 32). */
export function newId(kind: IdKind): string {
  return typeid(ID_PREFIXES[kind]).toString();
}

/** The same id for the same key: what is decided twice, after a crash, is then recorded once. */
export function derivedId(kind: IdKind, key: string): string {
  return `${ID_PREFIXES[kind]}_${sha256Hex(key).slice(0, 26)}`;
}
