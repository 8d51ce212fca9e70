/**
 * Signed notes, as C2SP signed-note v1 lays them down: a text, an empty line, and lines that sign it. Only Ed25519
 * (signature type 0x01) is signed with and checked; lines of keys that nobody knows are passed over.
 */
import { createHash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeBase64 } from './base64.ts';
import { ed25519FromRaw, KeyProblem, rawEd25519 } from './keys.ts';
import type { Signer } from './keys.ts';

const ED25519 = 1;
/** More lines than this are refused unread; the specification asks for at least 16. */
const MAX_SIGNATURES = 100;
const MAX_LENGTH = 1_000_000;

/** A key that signed notes are checked with. */
export interface NoteVerifier {
  readonly name: string;
  /** The first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), lower-case hex. */
  readonly keyId: string;
  readonly key: KeyObject;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** Ends in a newline; exactly what was signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A note that is not one, or that no known key signed, or that a known key did not sign. */
export class NoteProblem extends Error {
  override readonly name = 'NoteProblem';
  readonly code: 'malformed' | 'unknown-keys' | 'wrong-signature';

  constructor(code: NoteProblem['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws NoteProblem for a name that C2SP does not allow. */
export function noteVerifier(name: string, key: KeyObject): NoteVerifier {
  refuseName(name);
  const material = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), rawEd25519(key)]);
  return { name, keyId: createHash('sha256').update(material).digest('hex').slice(0, 8), key };
}

/** The verifier key as text, `<name>+<key id>+<base64>`: what Go's `sumdb/note` and witnesses take. */
export function verifierText({ name, keyId, key }: NoteVerifier): string {
  return `${name}+${keyId}+${Buffer.concat([Buffer.of(ED25519), rawEd25519(key)]).toString('base64')}`;
}

/** @throws NoteProblem when the text is no Ed25519 verifier key, or its key id is not its key's. */
export function parseVerifier(text: string): NoteVerifier {
  const [, name, keyId, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(text.trim()) ?? [];
  const material = encoded === undefined ? null : decodeBase64(encoded);
  if (name === undefined || material === null || material.length !== 33 || material[0] !== ED25519)
    throw new NoteProblem('malformed', 'not an Ed25519 verifier key: <name>+<key id>+<base64>');
  const verifier = noteVerifier(name, keyOf(material.subarray(1)));
  if (verifier.keyId !== keyId) throw new NoteProblem('malformed', 'the key id is not the one of its key');
  return verifier;
}

/**
 * Signs a text with one key or several. Several are for the overlap of a rotation: who knows only one of them can check.
 *
 * @param text Ends in a newline.
 * @throws NoteProblem for a text or a name that C2SP does not allow.
 */
export async function signNote(text: string, name: string, signers: readonly Signer[]): Promise<string> {
  refuseText(text);
  const lines: string[] = [];
  for (const signer of signers) {
    const { keyId } = noteVerifier(name, signer.publicKey.key);
    const signature = await signer.sign(Buffer.from(text, 'utf8'));
    const bytes = Buffer.concat([Buffer.from(keyId, 'hex'), signature]);
    lines.push(`— ${name} ${bytes.toString('base64')}\n`);
  }
  if (lines.length === 0) throw new NoteProblem('unknown-keys', 'no key to sign with');
  return `${text}\n${lines.join('')}`;
}

/** @throws NoteProblem for anything but a well-formed note. Nothing is checked yet. */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_LENGTH) throw new NoteProblem('malformed', 'the note is too long');
  refuseText(note);
  const end = note.lastIndexOf('\n\n');
  if (end === -1) throw new NoteProblem('malformed', 'no empty line before the signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new NoteProblem('malformed', 'too many signatures');
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

/**
 * The note's text, when a known key signed it.
 *
 * @returns the text, and the known keys that signed it.
 * @throws NoteProblem when the note is malformed, when no known key signed it, or when the signature of a known one is wrong.
 */
export function openNote(
  note: string,
  known: readonly NoteVerifier[],
): { readonly text: string; readonly signedBy: readonly NoteVerifier[] } {
  const { text, signatures } = parseNote(note);
  const signedBy = new Set<NoteVerifier>();
  for (const { name, keyId, signature } of signatures) {
    const verifier = known.find((one) => one.name === name && one.keyId === keyId);
    if (verifier === undefined) continue;
    if (!verify(null, Buffer.from(text, 'utf8'), verifier.key, signature))
      throw new NoteProblem('wrong-signature', `the signature of ${name} (${keyId}) is not of this text`);
    signedBy.add(verifier);
  }
  if (signedBy.size === 0) throw new NoteProblem('unknown-keys', 'no known key signed this note');
  return { text, signedBy: [...signedBy] };
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = encoded === undefined ? null : decodeBase64(encoded);
  if (name === undefined || bytes === null || bytes.length < 5)
    throw new NoteProblem('malformed', 'a signature line is malformed');
  refuseName(name);
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
}

function refuseText(text: string): void {
  // oxlint-disable-next-line no-control-regex -- these are what the specification forbids
  if (!text.endsWith('\n') || !text.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/u.test(text))
    throw new NoteProblem('malformed', 'a note is UTF-8 without control characters and ends in a newline');
}

function refuseName(name: string): void {
  if (name === '' || !name.isWellFormed() || /[\s+\u0085]/u.test(name))
    throw new NoteProblem('malformed', 'a key’s name has no spaces and no plus');
}

function keyOf(raw: Uint8Array): KeyObject {
  try {
    return ed25519FromRaw(raw);
  } catch (error) {
    if (error instanceof KeyProblem) throw new NoteProblem('malformed', error.message);
    throw error;
  }
}
