/** Checks `statement`, `signature` and `signer`: what was signed, that it was, and by whom. */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { canonicalText, sha256Hex } from '../../canonical.ts';
import { bundleText, isSignedBy, openBundle, signedBytes } from '../envelope.ts';
import type { Envelope } from '../envelope.ts';
import { keyHint } from '../key-hint.ts';
import { BUNDLE, MANIFEST, PACK_KEY, PAE, SIGNATURE } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { PackError } from '../pack-error.ts';
import { parseStatement, predicateOf } from '../statement.ts';
import { NotCanonical, parseCanonical } from '../strict-json.ts';
import type { Given } from './given.ts';
import { Findings, notChecked } from './report.ts';
import type { CheckResult } from './report.ts';

export function checkSignature(files: PackFiles, manifest: Manifest, given: Given): readonly CheckResult[] {
  const found = new Findings();
  const envelope = readEnvelope(files.get(BUNDLE), found);
  if (envelope === null) {
    const unread = found.result('signature');
    return [
      notChecked('statement', 'There is no statement to read.'),
      unread,
      notChecked('signer', 'There is no signature to check.'),
    ];
  }
  const own = ownKey(files);
  const held = given.packKeys.find((key) => isSignedBy(key, envelope));
  return [
    checkStatement(envelope, files, manifest),
    checkPlain(envelope, files, own, held ?? own, held !== undefined, found),
    checkSigner(held, given),
  ];
}

function readEnvelope(bytes: Uint8Array | undefined, found: Findings): Envelope | null {
  if (bytes === undefined) {
    found.wrong(`There is no ${BUNDLE}: nobody signed this.`);
    return null;
  }
  try {
    const envelope = openBundle(parseCanonical(bytes));
    // The form has room for other things (certificates, log entries, unknown fields): in ours there are none.
    if (bundleText(envelope) === Buffer.from(bytes).toString('utf8')) return envelope;
    found.wrong(`${BUNDLE} holds more than one signature over one statement.`);
  } catch (error) {
    if (!(error instanceof NotCanonical) && !(error instanceof PackError)) throw error;
    found.wrong(`${BUNDLE}: ${error.message}.`);
  }
  return null;
}

/** Signature libraries compare the statement with the file only if they are told to: this is where it happens. */
function checkStatement(envelope: Envelope, files: PackFiles, manifest: Manifest): CheckResult {
  const found = new Findings();
  found.looked = '1 statement';
  const statement = readStatement(envelope.payload, found);
  if (statement === null) return found.result('statement');
  const digest = sha256Hex(files.get(MANIFEST) ?? new Uint8Array());
  const [subject] = statement.subject;
  if (subject?.name !== MANIFEST || subject.digest.sha256 !== digest)
    found.wrong(`The signed statement is about another file than this ${MANIFEST}.`);
  if (canonicalText(statement.predicate) !== canonicalText(predicateOf(manifest)))
    found.wrong(`The signed statement says something else than ${MANIFEST}.`);
  return found.result('statement');
}

function readStatement(payload: Buffer, found: Findings) {
  try {
    const statement = parseStatement(parseCanonical(payload));
    if (typeof statement !== 'string') return statement;
    found.wrong(`The signed statement is not as the format says (${statement}).`);
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    found.wrong(`The signed statement ${error.message}.`);
  }
  return null;
}

function checkPlain(
  envelope: Envelope,
  files: PackFiles,
  own: KeyObject | null,
  key: KeyObject | null,
  isChecked: boolean,
  found: Findings,
): CheckResult {
  found.looked = 'ECDSA P-256, SHA-256';
  if (own === null) found.wrong(`${PACK_KEY} is no P-256 public key.`);
  if (key !== null) {
    if (!isChecked && !isSignedBy(key, envelope)) found.wrong('The signature is not of this statement.');
    if (keyHint(key) !== envelope.hint) found.wrong(`${BUNDLE} names another key than the one that signed.`);
  }
  if (!same(files.get(PAE), signedBytes(envelope.payload)))
    found.wrong(`${PAE} is not what the envelope’s signature is over.`);
  if (!same(files.get(SIGNATURE), envelope.signature))
    found.wrong(`${SIGNATURE} is not the envelope’s signature.`);
  return found.result('signature');
}

function checkSigner(held: KeyObject | undefined, given: Given): CheckResult {
  if (given.packKeys.length === 0)
    return notChecked(
      'signer',
      'No key was given: that the pack fits together says nothing about who made it (--key).',
    );
  const found = new Findings();
  found.looked = held === undefined ? '' : `key ${keyHint(held).slice(0, 12)}…`;
  if (held === undefined) found.wrong('It was signed by none of the keys that you gave.');
  return found.result('signer');
}

function ownKey(files: PackFiles): KeyObject | null {
  const pem = files.get(PACK_KEY);
  if (pem === undefined) return null;
  try {
    const key = createPublicKey(Buffer.from(pem));
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
}

function same(bytes: Uint8Array | undefined, expected: Uint8Array): boolean {
  return bytes !== undefined && Buffer.compare(bytes, expected) === 0;
}
