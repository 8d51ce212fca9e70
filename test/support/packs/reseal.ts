/** Makes a changed pack look whole again, as somebody would who has the key that signs packs, but not the ledger's. */
import type { AnyFact } from '../../../src/domain/fact.ts';
import { sha256Hex } from '../../../src/ledger/canonical.ts';
import type { Signer } from '../../../src/ledger/keys.ts';
import { claimOf } from '../../../src/ledger/pack/claim.ts';
import { signStatement } from '../../../src/ledger/pack/envelope.ts';
import { eventIndex, MANIFEST, OUTSIDE_MANIFEST } from '../../../src/ledger/pack/layout.ts';
import type { PackFiles } from '../../../src/ledger/pack/layout.ts';
import { listed, manifestText } from '../../../src/ledger/pack/manifest.ts';
import type { Manifest } from '../../../src/ledger/pack/manifest.ts';
import { statementText } from '../../../src/ledger/pack/statement.ts';

export function manifestOf(files: PackFiles): Manifest {
  return JSON.parse(Buffer.from(files.get(MANIFEST) ?? []).toString('utf8')) as Manifest;
}

/** Lists the files anew and signs. */
export async function reseal(
  files: PackFiles,
  signer: Signer,
  change: (manifest: Manifest) => Manifest = (manifest) => manifest,
): Promise<Map<string, Uint8Array>> {
  const sealed = new Map(files);
  const inside = [...files].filter(([name]) => !OUTSIDE_MANIFEST.has(name));
  const manifest = change({
    ...manifestOf(files),
    files: Object.fromEntries(inside.map(([name, bytes]) => [name, listed(bytes)])),
  });
  const text = manifestText(manifest);
  sealed.set(MANIFEST, Buffer.from(text));
  for (const [name, bytes] of await signStatement(statementText(manifest, text), signer))
    sealed.set(name, bytes);
  return sealed;
}

/** The manifest with streams and claim as the events in the pack have them; those that cannot be read are passed over. */
export function retold(files: PackFiles): (manifest: Manifest) => Manifest {
  const events = [...files].flatMap(([name, bytes]) => {
    if (eventIndex(name) === null) return [];
    try {
      const fact = JSON.parse(Buffer.from(bytes).toString('utf8')) as AnyFact;
      return typeof fact?.stream === 'string' ? [{ fact, digest: sha256Hex(bytes) }] : [];
    } catch {
      return [];
    }
  });
  const ordered = events.toSorted((a, b) => a.fact.seq - b.fact.seq);
  return (manifest) => ({
    ...manifest,
    streams: [...Map.groupBy(ordered, ({ fact }) => fact.stream)].map(([stream, own]) => ({
      stream,
      facts: own.length,
      head: own.at(-1)?.digest ?? '',
    })),
    claim: claimOf(
      manifest.subject,
      Map.groupBy(
        ordered.map(({ fact }) => fact),
        (fact) => fact.stream,
      ),
    ),
  });
}
