/** What a process runs as: recorded at its start when it is something else than before. Secrets leave no trace in it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/load.ts';
import type { Description } from '../../domain/installation-facts.ts';
import { RULES_VERSION } from '../../domain/rules-version.ts';
import { canonicalDigest } from '../../ledger/canonical.ts';
import type { KeyRing } from '../../ledger/key-ring.ts';
import { version } from '../version.ts';

export function describe(config: Config, keys: KeyRing): Description {
  const { people, returns, sweeps, notify, imports, http, ledger, oidc } = config;
  return {
    version: version(),
    code: codeDigest(),
    rulesVersion: RULES_VERSION,
    proposedPolicy: digestOf(config.policy),
    connectors: config.connectors
      .map(({ name, kind, port, mode, settings }) => ({
        name,
        kind,
        port,
        mode,
        settings: digestOf(settings),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    tokens: config.tokens
      .map(({ id, roles }) => ({ id, roles: roles.toSorted() }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    signIn: oidc === undefined ? null : digestOf(oidc),
    keys: { checkpoints: idsOf(keys.checkpoints), packs: idsOf(keys.packs) },
    rest: digestOf({ people, returns, sweeps, notify, imports, http, ledger }),
  };
}

function idsOf({ signers, publicKeys }: KeyRing['packs']): Description['keys']['packs'] {
  return { sign: signers.map(({ publicKey }) => publicKey.id), check: publicKeys.map(({ id }) => id) };
}

/** SHA-256 over the names and contents of the program's own files; `null` where they cannot be read. */
function codeDigest(): string | null {
  try {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .toSorted();
    const hash = createHash('sha256');
    for (const name of names) {
      hash.update(
        `${name}\n${createHash('sha256')
          .update(readFileSync(`${root}${name}`))
          .digest('hex')}\n`,
      );
    }
    return hash.digest('hex');
  } catch {
    return null;
  }
}

/** Names of settings whose values are nobody else's business. */
const SECRET = /secret|token|password|passphrase|private|credential|key/iu;

/** Digest of settings with every secret left out: that one was renewed it does not tell. */
function digestOf(value: unknown): string {
  const plain: unknown = JSON.parse(
    JSON.stringify(value, (name, one: unknown) => {
      if (SECRET.test(name) && (typeof one === 'string' || Array.isArray(one))) return 'secret';
      return typeof one === 'string' ? withoutCredentials(one) : one;
    }),
  );
  return canonicalDigest(plain);
}

/** Addresses may carry a password. */
function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/iu, '$1');
}
