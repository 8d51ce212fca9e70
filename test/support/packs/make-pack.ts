/** Packs for tests, and their keys. */
import { newPrivateKey, signerOf } from '../../../src/ledger/keys.ts';
import type { Signer } from '../../../src/ledger/keys.ts';
import { packEntries } from '../../../src/ledger/pack/build.ts';
import type { PackContent } from '../../../src/ledger/pack/build.ts';
import { drawReport } from '../../../src/ledger/pack/report/draw.ts';
import type { PackFiles } from '../../../src/ledger/pack/layout.ts';
import type { PackSubject } from '../../../src/ledger/pack/manifest.ts';
import { relatedStreams } from '../../../src/ledger/pack/related-streams.ts';
import { NOTHING_GIVEN } from '../../../src/ledger/pack/verify/given.ts';
import type { Given } from '../../../src/ledger/pack/verify/given.ts';
import { noteVerifier } from '../../../src/ledger/signed-note.ts';
import { DAY, iso, POLICY, T0 } from '../../unit/domain/support/history.ts';
import { CERTIFICATE, CERTIFICATE_DIGEST, POLICY_DIGEST } from './played-case.ts';
import { ORIGIN } from './small-ledger.ts';
import type { SmallLedger } from './small-ledger.ts';

export interface Keys {
  readonly pack: Signer;
  readonly ledger: Signer;
}

export function newKeys(): Keys {
  return {
    pack: signerOf('packs', newPrivateKey('packs')),
    ledger: signerOf('checkpoints', newPrivateKey('checkpoints')),
  };
}

/** What an auditor holds who knows both keys. */
export function holding({ pack, ledger }: Keys, more: Partial<Given> = {}): Given {
  return {
    ...NOTHING_GIVEN,
    packKeys: [pack.publicKey.key],
    ledgerKeys: [noteVerifier(ORIGIN, ledger.publicKey.key)],
    ...more,
  };
}

export const CASE: PackSubject = { kind: 'case', id: 'case_one' };

export async function contentOf(
  ledger: SmallLedger,
  keys: Keys,
  {
    subject = CASE,
    size = ledger.leaves.length,
  }: { readonly subject?: PackSubject; readonly size?: number } = {},
): Promise<PackContent> {
  const all = Map.groupBy(
    ledger.leaves.slice(0, size).map(({ fact }) => fact),
    (fact) => fact.stream,
  );
  const events = await ledger.events(relatedStreams(subject, all), size);
  const named = events.some(({ canonical }) => canonical.includes(CERTIFICATE_DIGEST));
  const judged = events.some(({ canonical }) => canonical.includes(POLICY_DIGEST));
  return {
    subject,
    exportedAt: new Date(iso(T0 + 400 * DAY)),
    checkpoint: await ledger.checkpoint(keys.ledger, size),
    ledgerKeys: [noteVerifier(ORIGIN, keys.ledger.publicKey.key)],
    events,
    policies: new Map(judged ? [[POLICY_DIGEST, POLICY]] : []),
    documents: named
      ? [{ digest: CERTIFICATE_DIGEST, contentType: 'text/csv', load: async () => CERTIFICATE }]
      : [],
    absent: [],
    consistency: [],
    report: drawReport,
  };
}

export async function packOf(content: PackContent, signer: Signer): Promise<PackFiles> {
  const files = new Map<string, Uint8Array>();
  for await (const [name, bytes] of packEntries(content, signer)) files.set(name, bytes);
  return files;
}
