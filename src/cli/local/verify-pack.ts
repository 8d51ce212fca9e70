/** `handback evidence verify`: a pack checked here, with nothing but the pack and what the auditor brings. */
import { readFile } from 'node:fs/promises';
import { readPack } from '../../ledger/pack/directory.ts';
import type { Manifest } from '../../ledger/pack/manifest.ts';
import { PackError } from '../../ledger/pack/pack-error.ts';
import { readKeys } from '../../ledger/pack/verify/given.ts';
import type { Given } from '../../ledger/pack/verify/given.ts';
import type { PackFiles } from '../../ledger/pack/layout.ts';
import { CHECKS } from '../../ledger/pack/verify/report.ts';
import type { CheckResult, Verification } from '../../ledger/pack/verify/report.ts';
import { readStamp } from '../../ledger/pack/verify/timestamp.ts';
import { periodPairs } from '../../ledger/pack/report/period.ts';
import { verifyPack } from '../../ledger/pack/verify/verify-pack.ts';
import { readCertificates } from '../../ledger/timestamps/certificates.ts';
import { TimestampProblem } from '../../ledger/timestamps/problem.ts';
import { CliError, reasonOf } from '../errors.ts';
import type { GlobalOptions, Io } from '../io.ts';
import { painter } from '../output/paint.ts';
import type { Paint, Tone } from '../output/paint.ts';
import { pairs, plain, table } from '../output/table.ts';

export interface VerifyOptions extends GlobalOptions {
  /** Files, or verifier keys as text. */
  readonly key: readonly string[];
  readonly checkpoint: readonly string[];
  readonly proof: readonly string[];
  /** PEM files of certificates that vouch for timestamp authorities. */
  readonly tsaCa: readonly string[];
  readonly subject?: string;
}

/** Of a pack in which nothing is wrong, and which nobody's known key vouches for. */
export const UNPROVEN = 3;
const EXIT_CODES = { proven: 0, refuted: 1, unproven: UNPROVEN } as const;

/** @returns 0 when it is proven, 1 when something is wrong with it, 3 when nobody's known key vouches for it. */
export async function verifyEvidence(path: string, options: VerifyOptions, io: Io): Promise<number> {
  const files = await opened(path);
  const stamp = await readStamp(files, (await Promise.all(options.tsaCa.map(certificatesIn))).flat());
  const verified = verifyPack(files, await givenBy(options, files), stamp);
  if (options.json === true) io.out(`${JSON.stringify(toJson(verified))}\n`);
  else io.out(toText(verified, painter(io)));
  return EXIT_CODES[verified.verdict];
}

async function opened(path: string): Promise<PackFiles> {
  try {
    return await readPack(path);
  } catch (error) {
    if (error instanceof PackError)
      throw new CliError(`${path} is refused: ${error.message}`, { cause: error });
    throw new CliError(`${path} cannot be read (${reasonOf(error)})`, { cause: error });
  }
}

async function givenBy(options: VerifyOptions, files: PackFiles): Promise<Given> {
  const keys = await Promise.all(options.key.map(async (key) => (VERIFIER_KEY.test(key) ? key : text(key))));
  try {
    return {
      ...readKeys(keys, files),
      checkpoints: await Promise.all(options.checkpoint.map(text)),
      proofs: await Promise.all(options.proof.map(text)),
      subject: options.subject ?? null,
    };
  } catch (error) {
    if (error instanceof PackError)
      throw new CliError(`--key: ${error.message}`, { exitCode: 2, cause: error });
    throw error;
  }
}

async function certificatesIn(path: string) {
  try {
    return readCertificates(await text(path));
  } catch (error) {
    if (error instanceof TimestampProblem)
      throw new CliError(`--tsa-ca: ${path}: ${error.message}`, { exitCode: 2, cause: error });
    throw error;
  }
}

const VERIFIER_KEY = /^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/u;

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`${path} cannot be read (${reasonOf(error)})`, { exitCode: 2, cause: error });
  }
}

type Verified = Verification & { readonly manifest: Manifest | null };

function toJson({ verdict, checks, manifest }: Verified) {
  const { subject = null, exportedAt = null, claim = null, checkpoint = null } = manifest ?? {};
  return { verdict, subject, exportedAt, claim, checkpoint, checks };
}

const SHOWN = { passed: 'ok', failed: 'FAILED', 'not-checked': 'not checked' } as const;
const TONES = { passed: 'good', failed: 'bad', 'not-checked': 'wait' } as const satisfies Record<
  string,
  Tone
>;

function toText({ verdict, checks, manifest }: Verified, paint: Paint): string {
  const rows = checks.map(({ id, status, looked }) => [
    id,
    paint(TONES[status], SHOWN[status]),
    plain(looked),
    CHECKS[id],
  ]);
  const told = checks.filter(({ sentences }) => sentences.length > 0);
  return [
    ...(manifest === null ? [] : [head(manifest, paint)]),
    table(['check', 'found', 'looked at', 'what must hold'], rows, paint),
    ...told.map((check) => sentencesOf(check, paint)),
    VERDICTS[verdict](paint),
  ].join('\n');
}

function head({ subject, exportedAt, claim }: Manifest, paint: Paint): string {
  const waivers = claim.waivers === 0 ? [] : [['waivers', paint('wait', String(claim.waivers))] as const];
  return pairs(
    [
      ['pack of', `${subject.kind} ${plain(subject.id)}`],
      ['exported', exportedAt],
      ...claim.cases.map(
        ({ generation, state, endedAt }) =>
          [
            'claims',
            `generation ${generation} ${state}${endedAt === null ? '' : ` since ${endedAt}`}`,
          ] as const,
      ),
      ...claim.custodies.map(
        ({ serial, epoch, state, disposition }) =>
          [
            'device',
            `${plain(serial)}, epoch ${epoch}: ${state}${disposition === null ? '' : ` (${disposition})`}`,
          ] as const,
      ),
      ...claim.pickups.map(
        ({ lines, transferred, received, certified }) =>
          [
            'pickup',
            `${lines} lines: ${transferred} transferred, ${received} received, ${certified} certified`,
          ] as const,
      ),
      ...(claim.period === undefined ? [] : periodPairs(claim.period)),
      ...waivers,
    ],
    paint,
  );
}

function sentencesOf({ id, status, sentences }: CheckResult, paint: Paint): string {
  return `${paint(TONES[status], id)}\n${sentences.map((sentence) => `  ${plain(sentence)}\n`).join('')}`;
}

const VERDICTS: Readonly<Record<Verification['verdict'], (paint: Paint) => string>> = {
  proven: (paint) =>
    `${paint('good', 'Proven')}: everything that was checked holds, under a key that you gave.\n`,
  unproven: (paint) =>
    `${paint('wait', 'Not proven')}: nothing is wrong with it, and nothing says who made it. Give the key that you got from the company by another way (--key).\n`,
  refuted: (paint) => `${paint('bad', 'Refuted')}: do not rely on this pack.\n`,
};
