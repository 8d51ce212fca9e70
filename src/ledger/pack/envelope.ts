/**
 * The signature: the statement in a DSSE envelope, inside a Sigstore bundle v0.3 that names the key by a hint; and beside it the
 * very bytes that were signed and the plain signature, for tools that know neither.
 */
import { verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { bundleFromJSON, bundleToJSON, isBundleWithDsseEnvelope, toDSSEBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { canonicalText } from '../canonical.ts';
import type { Signer } from '../keys.ts';
import { BUNDLE, PAE, SIGNATURE } from './layout.ts';
import { PackError } from './pack-error.ts';
import { keyHint } from './key-hint.ts';
import { PAYLOAD_TYPE } from './statement.ts';

/** @returns The three files that carry the signature of a statement. */
export async function signStatement(
  statement: string,
  signer: Signer,
): Promise<readonly (readonly [string, Uint8Array])[]> {
  const payload = Buffer.from(statement, 'utf8');
  const pae = dsse.preAuthEncoding(PAYLOAD_TYPE, payload);
  const signature = await signer.sign(pae);
  const bundle = bundleText({
    payload,
    signature,
    hint: keyHint(signer.publicKey.key),
  });
  return [
    [BUNDLE, Buffer.from(bundle, 'utf8')],
    [PAE, pae],
    [SIGNATURE, signature],
  ];
}

/** What a bundle of ours holds. */
export interface Envelope {
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly hint: string;
}

/**
 * The bundle as it is written: canonical JSON of protobuf-specs' own JSON form. The hint stands with the key only: a signature
 * that names one as well is passed over by cosign, which names keys by their SSH fingerprint there (go-securesystemslib,
 * `SHA256KeyID`).
 */
export function bundleText({ payload, signature, hint }: Envelope): string {
  const bundle = toDSSEBundle({ artifact: payload, artifactType: PAYLOAD_TYPE, signature, keyHint: hint });
  for (const one of bundle.content.dsseEnvelope.signatures) one.keyid = '';
  return canonicalText(bundleToJSON(bundle));
}

/** @throws PackError `format` when it is no Sigstore bundle with one DSSE signature over an in-toto statement. */
export function openBundle(value: unknown): Envelope {
  const bundle = readBundle(value);
  if (!isBundleWithDsseEnvelope(bundle)) throw new PackError('format', 'the bundle holds no DSSE envelope');
  const { dsseEnvelope } = bundle.content;
  const { content } = bundle.verificationMaterial;
  const [signature, second] = dsseEnvelope.signatures;
  if (signature === undefined || second !== undefined)
    throw new PackError('format', 'the envelope must carry exactly one signature');
  if (dsseEnvelope.payloadType !== PAYLOAD_TYPE)
    throw new PackError('format', 'the envelope holds no in-toto statement');
  if (content.$case !== 'publicKey') throw new PackError('format', 'the bundle names no public key');
  return { payload: dsseEnvelope.payload, signature: signature.sig, hint: content.publicKey.hint };
}

function readBundle(value: unknown): ReturnType<typeof bundleFromJSON> {
  try {
    return bundleFromJSON(value);
  } catch (cause) {
    throw new PackError('format', 'it is no Sigstore bundle', { cause });
  }
}

/** What the signature is over (DSSE v1, pre-authentication encoding). */
export function signedBytes(payload: Buffer): Buffer {
  return dsse.preAuthEncoding(PAYLOAD_TYPE, payload);
}

export function isSignedBy(key: KeyObject, envelope: Pick<Envelope, 'payload' | 'signature'>): boolean {
  return verify('sha256', signedBytes(envelope.payload), key, envelope.signature);
}
