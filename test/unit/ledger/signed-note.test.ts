import { describe, expect, test } from 'vitest';
import { newPrivateKey, signerOf } from '../../../src/ledger/keys.ts';
import {
  NoteProblem,
  noteVerifier,
  openNote,
  parseNote,
  parseVerifier,
  signNote,
  verifierText,
} from '../../../src/ledger/signed-note.ts';

/** The example of C2SP signed-note. */
const FOO_KEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const FOO_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

/** The example of Go’s sumdb/note, with its published private key. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_SEED = 'gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=';
const GO_TEXT =
  'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
    '’',
    "'",
  );
const GO_NOTE = `${GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

/** PKCS #8 of an Ed25519 seed (RFC 8410). */
function pemOfSeed(seed: string): string {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(seed, 'base64'),
  ]);
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}

function ownSigner() {
  return signerOf('checkpoints', newPrivateKey('checkpoints'));
}

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof NoteProblem) return error.code;
    throw error;
  }
  return 'none';
}

describe('signed notes', () => {
  test.each([
    ['C2SP', FOO_KEY, FOO_NOTE],
    ['Go', GO_KEY, GO_NOTE],
  ])('the example of %s is accepted', (_who, key, note) => {
    const verifier = parseVerifier(key);
    expect(openNote(note, [verifier])).toEqual({ text: parseNote(note).text, signedBy: [verifier] });
    expect(verifierText(verifier)).toBe(key);
  });

  test('a real tree head of sum.golang.org is accepted', () => {
    const note =
      'go.sum database tree\n66393050\nHj8H0GmwlaYk6RersiH+w2hZWpSiODGR1uqVjAE7p30=\n\n— sum.golang.org Az3grhRMq1VXFDPeoICge4CrOaEPySE4jdUmPtMUaM7ExD2UjRFPpUWOvq27sueT3vRoQ4R0p7wcIDLvbvx5AZRkXgo=\n';
    const key = parseVerifier('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8');
    expect(openNote(note, [key]).text).toMatch(/^go\.sum database tree\n66393050\n/u);
  });

  test('what we sign with Go’s published key is byte for byte what Go signed', async () => {
    const signer = signerOf('checkpoints', pemOfSeed(GO_SEED));
    expect(verifierText(noteVerifier('PeterNeumann', signer.publicKey.key))).toBe(GO_KEY);
    expect(await signNote(GO_TEXT, 'PeterNeumann', [signer])).toBe(GO_NOTE);
  });

  test('every changed byte of a note is found', () => {
    const verifier = parseVerifier(FOO_KEY);
    const bytes = Buffer.from(FOO_NOTE);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(problemOf(() => openNote(changed.toString('utf8'), [verifier]))).not.toBe('none');
    }
  });

  test('two keys sign for the overlap of a rotation, and either of them is enough to check', async () => {
    const [older, newer] = [ownSigner(), ownSigner()];
    const note = await signNote('text\n', 'example.org/log', [newer, older]);
    const verifiers = [older, newer].map((one) => noteVerifier('example.org/log', one.publicKey.key));
    for (const one of verifiers) expect(openNote(note, [one]).signedBy).toEqual([one]);
    expect(openNote(note, verifiers).signedBy).toHaveLength(2);
  });

  test('lines of unknown keys are passed over; without a known one the note is refused', async () => {
    const [known, unknown] = [ownSigner(), ownSigner()];
    const note = await signNote('text\n', 'example.org/log', [unknown, known]);
    const verifier = noteVerifier('example.org/log', known.publicKey.key);
    expect(openNote(note, [verifier]).signedBy).toEqual([verifier]);
    const other = noteVerifier('example.org/other', known.publicKey.key);
    expect(problemOf(() => openNote(note, [other]))).toBe('unknown-keys');
  });

  test('a wrong signature of a known key refuses the note, even beside a right one', async () => {
    const [right, wrong] = [ownSigner(), ownSigner()];
    const note = await signNote('text\n', 'example.org/log', [right]);
    const forged = await signNote('other\n', 'example.org/log', [wrong]);
    const verifiers = [right, wrong].map((one) => noteVerifier('example.org/log', one.publicKey.key));
    const both = note + forged.slice(forged.lastIndexOf('\n\n') + 2);
    expect(problemOf(() => openNote(both, verifiers))).toBe('wrong-signature');
    expect(openNote(both, verifiers.slice(0, 1)).signedBy).toHaveLength(1);
  });

  test('the text may have empty lines: the last one is where the signatures begin', async () => {
    const signer = ownSigner();
    const note = await signNote('one\n\ntwo\n', 'example.org/log', [signer]);
    expect(openNote(note, [noteVerifier('example.org/log', signer.publicKey.key)]).text).toBe('one\n\ntwo\n');
  });

  test.each([
    ['no signature', 'text\n'],
    ['no signature line', 'text\n\n'],
    ['no final newline', FOO_NOTE.slice(0, -1)],
    ['a control character', FOO_NOTE.replace('This', 'Th\u0007s')],
    ['a carriage return', FOO_NOTE.replaceAll('\n', '\r\n')],
    ['a hyphen instead of a dash', FOO_NOTE.replace('—', '-')],
    ['a base64 with something behind it', FOO_NOTE.replace('aQM=', 'aQM=!')],
    ['a base64 of other trailing bits', FOO_NOTE.replace('aQM=', 'aQN=')],
    ['a text behind the signatures', `${FOO_NOTE}more\n`],
    ['a lone surrogate', `\ud800${FOO_NOTE}`],
    ['a hundred and one signatures', `text\n\n${'— example.com/foo Uw2QOgAA\n'.repeat(101)}`],
  ])('%s is malformed', (_what, note) => {
    expect(problemOf(() => parseNote(note))).toBe('malformed');
  });

  test.each([
    ['another key id', FOO_KEY.replace('530d903a', '530d903b')],
    ['another name', FOO_KEY.replace('foo', 'bar')],
    ['another signature type', FOO_KEY.replace('+Ae', '+Be')],
    ['a short key', FOO_KEY.slice(0, -4)],
    ['nothing', ''],
  ])('a verifier key with %s is refused', (_what, key) => {
    expect(problemOf(() => parseVerifier(key))).toBe('malformed');
  });

  test('names with spaces or a plus are refused, and so are texts without a newline at their end', async () => {
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\u2003b'])
      expect(problemOf(() => noteVerifier(name, ownSigner().publicKey.key))).toBe('malformed');
    await expect(signNote('text', 'example.org/log', [ownSigner()])).rejects.toThrow(NoteProblem);
    await expect(signNote('text\n', 'example.org/log', [])).rejects.toThrow(NoteProblem);
  });
});
