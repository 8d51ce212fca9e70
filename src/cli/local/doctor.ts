/** `handback doctor`: whether everything this installation relies on is there, without changing anything. */
import { ENGINE_QUEUE } from './engine-queue.ts';
import type { Config } from '../../config/load.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { painter } from '../output/paint.ts';
import { plain, table } from '../output/table.ts';
import { reasonOf } from '../errors.ts';
import { readInstalledConfig } from './configuration.ts';
import { personKeyFile, readPersonKeys } from './person-keys.ts';
import type { Check } from './doctor/check.ts';
import { checkConnectors } from './doctor/connectors.ts';
import { checkDatabase } from './doctor/database.ts';
import { checkDocuments } from './doctor/documents.ts';
import { checkIssuer } from './doctor/issuer.ts';
import { checkLedger } from './doctor/ledger.ts';
import { checkTemporal } from './doctor/temporal.ts';

const TONES = { ok: 'good', warning: 'wait', failed: 'bad' } as const;

/** @returns 0 when nothing failed. @throws ConfigError when the configuration does not fit. */
export async function doctor(options: GlobalOptions, io: Io): Promise<number> {
  const config = await readInstalledConfig(options, io);
  const [database, temporal, issuer, ledger, documents, connectors] = await Promise.all([
    checkDatabase(config),
    checkTemporal(config, ENGINE_QUEUE),
    checkIssuer(config),
    checkLedger(config, io.now()),
    checkDocuments(config),
    checkConnectors(config),
  ]);
  const checks = [
    ...database,
    ...temporal,
    ...checkSecrets(config),
    checkPersonKeys(config),
    ...issuer,
    ...ledger,
    ...documents,
    ...connectors,
  ];
  const ok = checks.every(({ standing }) => standing !== 'failed');
  if (options.json === true) io.out(`${JSON.stringify({ ok, checks })}\n`);
  else io.out(text(checks, io));
  return ok ? 0 : 1;
}

function checkSecrets({ payloadKeys, tokens, oidc }: Config): readonly Check[] {
  const current = payloadKeys?.[0];
  return [
    current === undefined
      ? { name: 'payload keys', standing: 'failed', detail: 'none: set payloadKeys in the configuration' }
      : { name: 'payload keys', standing: 'ok', detail: `${payloadKeys?.length}, ${current.id} encrypts` },
    tokens.length === 0 && oidc === undefined
      ? {
          name: 'tokens',
          standing: 'warning',
          detail: 'none, and no issuer: nobody can use the API; set oidc or tokens in the configuration',
        }
      : { name: 'tokens', standing: 'ok', detail: `${tokens.length} configured` },
  ];
}

function checkPersonKeys(config: Config): Check {
  const name = 'keys of personal data';
  try {
    const keys = readPersonKeys(config);
    if (keys === null)
      return {
        name,
        standing: 'warning',
        detail: `none: api and worker do not start; run \`handback keys person new\` (${personKeyFile(config)}), or set personKeys`,
      };
    return { name, standing: 'ok', detail: `${keys.wrapping.length}, ${keys.wrapping[0]?.id} wraps` };
  } catch (error) {
    return { name, standing: 'failed', detail: reasonOf(error) };
  }
}

function text(checks: readonly Check[], io: Io): string {
  const paint = painter(io);
  const rows = checks.map(({ name, standing, detail }) => [
    name,
    paint(TONES[standing], standing),
    plain(detail),
  ]);
  const failed = checks.filter(({ standing }) => standing === 'failed').length;
  const end = failed === 0 ? 'Nothing failed.' : `${failed} failed.`;
  return `${table(['what', 'standing', 'found'], rows, paint)}\n${end}\n`;
}
