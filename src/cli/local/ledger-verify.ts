/** `handback ledger verify`: the whole ledger, on the database itself. */
import { readFile } from 'node:fs/promises';
import { NoteProblem, noteVerifier, parseVerifier } from '../../ledger/signed-note.ts';
import type { NoteVerifier } from '../../ledger/signed-note.ts';
import { openDatabase } from '../../store/database.ts';
import { LEDGER_CHECKS } from '../../store/verification/findings.ts';
import type { VerifiersOf } from '../../store/verification/checkpoints.ts';
import { verifyLedger } from '../../store/verification/verify-ledger.ts';
import type { LedgerVerdict, OutsideCheckpoint } from '../../store/verification/verify-ledger.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { painter } from '../output/paint.ts';
import { plain, table } from '../output/table.ts';
import { databaseUrlOf, readInstalledConfig } from './configuration.ts';
import { readKeyRing } from './key-source.ts';

export interface LedgerVerifyOptions extends GlobalOptions {
  readonly checkpoint: readonly string[];
  readonly key: readonly string[];
}

/** @returns 0 when everything holds. */
export async function verifyTheLedger(options: LedgerVerifyOptions, io: Io): Promise<number> {
  const config = await readInstalledConfig(options, io);
  const trusted = options.key.map(trustedKey);
  const own = trusted.length > 0 ? [] : readKeyRing(config, io.now()).checkpoints.publicKeys;
  const verifiersOf: VerifiersOf = (origin) => [
    ...trusted.filter(({ name }) => name === origin),
    ...own.map(({ key }) => noteVerifier(origin, key)),
  ];
  const outside = await Promise.all(options.checkpoint.map(readOutside));
  const db = openDatabase(databaseUrlOf(config), { connections: 2 });
  try {
    const verdict = await verifyLedger(db, { verifiersOf, outside, onProgress: progress(io) });
    if (options.json === true) io.out(`${JSON.stringify(verdict)}\n`);
    else io.out(text(verdict, io));
    return verdict.ok ? 0 : 1;
  } finally {
    await db.destroy();
  }
}

function trustedKey(given: string): NoteVerifier {
  try {
    return parseVerifier(given);
  } catch (error) {
    if (error instanceof NoteProblem)
      throw new CliError(`--key: ${error.message}`, { exitCode: 2, cause: error });
    throw error;
  }
}

async function readOutside(file: string): Promise<OutsideCheckpoint> {
  try {
    return { name: file, note: await readFile(file, 'utf8') };
  } catch (error) {
    throw new CliError(`--checkpoint: ${file} cannot be read`, { exitCode: 2, cause: error });
  }
}

function progress(io: Io): (facts: number) => void {
  let said = 0;
  return (facts) => {
    if (!io.terminal.isTty || facts - said < 100_000) return;
    said = facts;
    io.err(`${facts} facts …\n`);
  };
}

function text(verdict: LedgerVerdict, io: Io): string {
  const paint = painter(io);
  const asked = LEDGER_CHECKS.filter((check) => verdict.outside > 0 || !check.startsWith('outside'));
  const rows = asked.map((check) => {
    const times = verdict.failed[check] ?? 0;
    return [
      check,
      times === 0 ? paint('good', 'ok') : paint('bad', 'failed'),
      times === 0 ? '' : String(times),
    ];
  });
  const { facts, size, root, checkpoints, outside } = verdict;
  const sentences = verdict.findings.map(({ check, message }) => `${check}: ${plain(message)}\n`).join('');
  const held =
    outside === 0
      ? 'No checkpoint from outside was given: that the ledger was rolled back or signed anew would not show.\n'
      : '';
  const end = verdict.ok ? 'Everything holds.' : 'The ledger is not as it was recorded.';
  return `${table(['check', 'result', 'times'], rows, paint)}\n\n${sentences}${facts} facts, a tree of ${size} with root ${root}, ${checkpoints} checkpoints kept, ${outside} from outside.\n${held}${end}\n`;
}
