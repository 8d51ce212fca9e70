/** Makes a pack, file after file: everything first, then the manifest over it, then the signature over that. */
import type { AnyFact } from '../../domain/fact.ts';
import type { Policy } from '../../domain/policy.ts';
import { canonicalText, sha256Hex } from '../canonical.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Signer } from '../keys.ts';
import { publicPem } from '../keys.ts';
import { verifierText } from '../signed-note.ts';
import type { NoteVerifier } from '../signed-note.ts';
import { encodeTlogProof } from '../tlog-proof.ts';
import { RULES_VERSION } from '../../domain/rules-version.ts';
import { claimOf } from './claim.ts';
import { encodeConsistency } from './consistency.ts';
import { signStatement } from './envelope.ts';
import {
  CHECKPOINT,
  consistencyPath,
  documentPath,
  eventPath,
  LEDGER_KEY,
  MANIFEST,
  PACK_FORMAT,
  PACK_KEY,
  POLICY,
  policyPath,
  proofPath,
  REPORT,
  TIMESTAMP,
} from './layout.ts';
import { listed, manifestText } from './manifest.ts';
import type { Manifest, PackClaim, PackSubject } from './manifest.ts';
import { derive, periodClaim } from './period/derive.ts';
import type { Derived } from './period/derive.ts';
import { DERIVED, POPULATION, STATEMENTS } from './period/files.ts';
import type { DerivedName } from './period/files.ts';
import type { Population, Statements } from './period/population.ts';
import { policyInForce } from './policies.ts';
import { namedAnswers } from './related-streams.ts';
import type { Streams } from './related-streams.ts';
import { statementText } from './statement.ts';

/** One fact with its place in the ledger. */
export interface ProvenEvent {
  readonly index: number;
  /** The exact canonical text that was hashed. */
  readonly canonical: string;
  readonly fact: AnyFact;
  /** Inclusion in the checkpoint's tree. */
  readonly hashes: readonly Uint8Array[];
}

export interface KeptDocument {
  readonly digest: string;
  readonly contentType: string;
  readonly load: () => Promise<Uint8Array>;
}

/** Everything that a pack is made of. */
export interface PackContent {
  readonly subject: PackSubject;
  readonly exportedAt: Date;
  /** The signed note, and what it says. */
  readonly checkpoint: { readonly note: string; readonly head: Checkpoint };
  /** What an authority answered about the checkpoint (RFC 3161, DER), and its time; absent where there is none. */
  readonly timestamp?: { readonly response: Uint8Array; readonly at: Date } | null;
  /** Keys that sign checkpoints. */
  readonly ledgerKeys: readonly NoteVerifier[];
  /** Whole streams, each in the order of `seq`; of a period single facts of others too. */
  readonly events: readonly ProvenEvent[];
  readonly policies: ReadonlyMap<string, Policy>;
  readonly documents: readonly KeptDocument[];
  readonly absent: Manifest['absent'];
  /** Proofs that the checkpoint grew out of earlier ones. */
  readonly consistency: readonly { readonly size: number; readonly hashes: readonly Uint8Array[] }[];
  /** Of a period: what is given beside the facts, and the streams of which only single facts are here. */
  readonly period?: {
    readonly population: Population;
    readonly statements: Statements;
    readonly excerpts: ReadonlySet<string>;
  };
  /** Draws `report.pdf`. */
  readonly report: ((contents: ReportContents) => Promise<Uint8Array>) | null;
}

/** What the report tells of. */
export interface ReportContents {
  readonly manifest: Omit<Manifest, 'files'>;
  readonly claim: PackClaim;
  readonly streams: Streams;
  readonly policies: ReadonlyMap<string, Policy>;
  /** Leaf index by event key. */
  readonly places: ReadonlyMap<string, number>;
  /** Vendors' redacted answers by digest, as JSON; one that was not kept is not here. */
  readonly answers: ReadonlyMap<string, string>;
  /** When an authority had the checkpoint, by its own word; `null` where there is no timestamp. */
  readonly stampedAt: Date | null;
  /** Of a period: what follows from its facts. */
  readonly period?: Derived & { readonly population: Population; readonly statements: Statements };
}

export type PackEntry = readonly [name: string, bytes: Uint8Array];

/** The files of a pack in the order in which they can be made. */
export async function* packEntries(content: PackContent, signer: Signer): AsyncGenerator<PackEntry> {
  const files: Record<string, Manifest['files'][string]> = {};
  const derived = derivedOf(content);
  const head = headOf(content, derived);
  for await (const [name, bytes] of evidence(content, head, derived, signer)) {
    files[name] = listed(bytes);
    yield [name, bytes];
  }
  const manifest = { ...head, files } satisfies Manifest;
  const text = manifestText(manifest);
  yield [MANIFEST, Buffer.from(text, 'utf8')];
  yield* await signStatement(statementText(manifest, text), signer);
}

async function* evidence(
  content: PackContent,
  manifest: Omit<Manifest, 'files'>,
  derived: Derived | null,
  signer: Signer,
): AsyncGenerator<PackEntry> {
  const { events, checkpoint, ledgerKeys } = content;
  yield file(CHECKPOINT, checkpoint.note);
  const stampedAt = content.timestamp?.at ?? null;
  if (content.timestamp) yield [TIMESTAMP, content.timestamp.response];
  for (const { index, canonical, hashes } of events) {
    yield file(eventPath(index), canonical);
    yield file(proofPath(index), encodeTlogProof({ index, hashes, checkpoint: checkpoint.note }));
  }
  for (const { size, hashes } of content.consistency)
    yield file(consistencyPath(size), encodeConsistency({ size, hashes, checkpoint: checkpoint.note }));
  for (const [digest, policy] of content.policies)
    yield file(digest === manifest.policy ? POLICY : policyPath(digest), canonicalText(policy));
  const named = namedAnswers(events.map(({ fact }) => fact));
  const answers = new Map<string, string>();
  for (const { digest, contentType, load } of content.documents) {
    const bytes = await load();
    if (named.has(digest)) answers.set(digest, Buffer.from(bytes).toString('utf8'));
    yield [documentPath(digest, contentType), bytes];
  }
  yield* audit(content, derived);
  yield file(LEDGER_KEY, ledgerKeys.map((key) => `${verifierText(key)}\n`).join(''));
  yield file(PACK_KEY, publicPem(signer.publicKey));
  if (content.report === null) return;
  const { policies, period } = content;
  const contents = {
    manifest,
    claim: manifest.claim,
    streams: wholeOf(content),
    policies,
    places: placesOf(events),
    answers,
    stampedAt,
    ...(period !== undefined && derived !== null ? { period: { ...period, ...derived } } : {}),
  };
  yield [REPORT, await content.report(contents)];
}

function* audit({ period }: PackContent, derived: Derived | null): Generator<PackEntry> {
  if (period === undefined || derived === null) return;
  yield file(POPULATION, canonicalText(period.population));
  yield file(STATEMENTS, canonicalText(period.statements));
  for (const [name, path] of Object.entries(DERIVED) as [DerivedName, string][])
    yield file(path, canonicalText(derived[name]));
}

function derivedOf(content: PackContent): Derived | null {
  const { period, events, policies, exportedAt } = content;
  if (period === undefined) return null;
  const all = streamsOf(events);
  const isExcerpt = ([stream]: readonly [string, unknown]) => period.excerpts.has(stream);
  const facts = {
    whole: wholeOf(content),
    excerpts: new Map([...all].filter(isExcerpt)),
    places: placesOf(events),
  };
  return derive({ ...period, facts, policies, exportedAt: exportedAt.toISOString() });
}

function placesOf(events: readonly ProvenEvent[]): ReadonlyMap<string, number> {
  return new Map(events.map(({ fact, index }) => [fact.key, index]));
}

function file(name: string, text: string): PackEntry {
  return [name, Buffer.from(text, 'utf8')];
}

function headOf(content: PackContent, derived: Derived | null): Omit<Manifest, 'files'> {
  const { subject, exportedAt, checkpoint, events, period } = content;
  const streams = wholeOf(content);
  const { origin, size, root } = checkpoint.head;
  return {
    format: PACK_FORMAT,
    subject,
    exportedAt: exportedAt.toISOString(),
    rulesVersion: RULES_VERSION,
    checkpoint: { origin, size, root: root.toString('hex') },
    streams: headsOf(events.filter(({ fact }) => streams.has(fact.stream))),
    ...(period !== undefined && { excerpts: excerptsOf(events, period.excerpts) }),
    claim: {
      ...claimOf(subject, streams),
      ...(period !== undefined && derived !== null ? { period: periodClaim(derived, period) } : {}),
    },
    policy: policyInForce(subject, streams),
    documents: content.documents.map(({ digest, contentType }) => ({
      digest,
      path: documentPath(digest, contentType),
      contentType,
    })),
    absent: content.absent,
  };
}

function wholeOf({ events, period }: PackContent): Streams {
  return new Map([...streamsOf(events)].filter(([stream]) => period?.excerpts.has(stream) !== true));
}

function excerptsOf(events: readonly ProvenEvent[], excerpts: ReadonlySet<string>) {
  return [...streamsOf(events)].flatMap(([stream, facts]) =>
    excerpts.has(stream) ? [{ stream, facts: facts.length }] : [],
  );
}

function streamsOf(events: readonly ProvenEvent[]): Streams {
  return Map.groupBy(
    events.map(({ fact }) => fact),
    (fact) => fact.stream,
  );
}

function headsOf(events: readonly ProvenEvent[]): Manifest['streams'] {
  const byStream = Map.groupBy(events, ({ fact }) => fact.stream);
  return [...byStream].map(([stream, own]) => ({
    stream,
    facts: own.length,
    head: sha256Hex(own.at(-1)?.canonical ?? ''),
  }));
}
