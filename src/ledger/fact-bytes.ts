/**
 * What a stored fact's row says of it, held against the fact's own bytes. The envelope is compared as text, without parsing:
 * canonical JSON has one spelling, and a ledger of millions is gone through fact by fact.
 */
import { canonicalDigest, CanonicalError, parseCanonical, sha256Hex } from './canonical.ts';

/** A fact with what stands beside it in the database. */
export interface FactRow {
  readonly stream: string;
  readonly seq: number;
  readonly key: string;
  readonly type: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly digest: string;
  readonly bodyDigest: string;
  readonly canonical: string;
}

export type FactFault =
  /** The bytes are not those of the digest that its successor names. */
  | 'bytes'
  /** `prev` or `seq` do not go on from the fact before. */
  | 'chain'
  /** A column says something else than the bytes. */
  | 'columns';

/** Where a stream stood before a fact. */
export interface StreamPlace {
  readonly seq: number;
  /** `null` before the first fact. */
  readonly digest: string | null;
}

/** What is wrong with a fact behind its predecessor; empty when nothing is. */
export function factFaults(row: FactRow, before: StreamPlace): readonly FactFault[] {
  const bytes: readonly FactFault[] = sha256Hex(row.canonical) === row.digest ? [] : ['bytes'];
  const data = row.seq === before.seq + 1 ? dataOf(row, before.digest) : null;
  if (data === null) return [...bytes, ...read(row, before)];
  return bodyDigest(row, data) === row.bodyDigest ? bytes : [...bytes, 'columns'];
}

/** The text of `data`, when the envelope around it is the one that the columns and the fact before make; else `null`. */
function dataOf({ canonical, at, key, seq, stream, type }: FactRow, prev: string | null): string | null {
  // Keys are in the order of their code units: after `data` come these.
  const end = `,"key":${text(key)},"prev":${text(prev)},"seq":${seq},"stream":${text(stream)},"type":${text(type)},"v":1}`;
  if (!canonical.startsWith('{"actor":"') || !canonical.endsWith(end)) return null;
  // A quote inside the actor's text is escaped, so this cannot be part of it.
  const from = canonical.indexOf('","at":"');
  const start = `","at":"${at}","data":`;
  if (from === -1 || !canonical.startsWith(start, from)) return null;
  return canonical.slice(from + start.length, canonical.length - end.length);
}

/** The long way, for a fact that something is wrong with: what it is. */
function read(row: FactRow, before: StreamPlace): readonly FactFault[] {
  const fact = parsed(row.canonical);
  if (fact === null) return ['columns'];
  const { stream, type, data } = fact;
  const follows = fact.seq === before.seq + 1 && row.seq === before.seq + 1 && fact.prev === before.digest;
  const columns =
    stream === row.stream &&
    type === row.type &&
    fact.key === row.key &&
    fact.at === row.at &&
    fact.seq === row.seq &&
    canonicalDigest({ stream, type, data }) === row.bodyDigest;
  // Bytes that say the right thing in another spelling are not those that were recorded.
  if (follows && columns) return ['bytes'];
  return [...(follows ? [] : ['chain' as const]), ...(columns ? [] : ['columns' as const])];
}

function parsed(canonical: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = parseCanonical(canonical);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch (error) {
    if (error instanceof CanonicalError) return null;
    throw error;
  }
}

function bodyDigest({ stream, type }: FactRow, data: string): string {
  return sha256Hex(`{"data":${data},"stream":${text(stream)},"type":${text(type)}}`);
}

/** For texts without lone surrogates, which the ledger's door holds, JSON's spelling is the canonical one. */
function text(value: string | null): string {
  return JSON.stringify(value);
}
