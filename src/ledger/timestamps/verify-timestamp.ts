/**
 * Checks a timestamp: that it is of these bytes, that the certificate in it signed it, that this certificate is for timestamps and
 * nothing else, and that somebody trusted vouched for it at that time. RFC 3161, RFC 5652 (CMS), RFC 5035 (ESSCertIDv2).
 */
import { createHash } from 'node:crypto';
import { Constructed, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { ExtKeyUsage, id_eContentType_TSTInfo, id_ExtKeyUsage } from 'pkijs';
import type { Attribute, Certificate, SignedDataVerifyError } from 'pkijs';
import { TimestampProblem } from './problem.ts';
import { bytesOf, positive } from './request.ts';
import { readToken } from './token.ts';
import type { Token } from './token.ts';

export interface TimestampTerms {
  /** Who vouches for the authority; empty: nobody is asked, and the time is no more than a claim. */
  readonly trusted: readonly Certificate[];
  /** Of the request, where the answer has just come. */
  readonly nonce?: Uint8Array;
}

export interface VerifiedTimestamp {
  /** When the bytes were there, by the authority's clock. */
  readonly at: Date;
}

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/**
 * @param response The authority's whole answer, DER.
 * @param data What must have been stamped.
 * @throws TimestampProblem for whatever does not hold.
 */
export async function verifyTimestamp(
  response: Uint8Array,
  data: Uint8Array,
  { trusted, nonce }: TimestampTerms,
): Promise<VerifiedTimestamp> {
  const token = readToken(response);
  checkImprint(token, data);
  if (nonce !== undefined) checkNonce(token, nonce);
  const certificate = await checkSignature(token, data, trusted);
  checkPurpose(certificate);
  checkNamedCertificate(token, certificate);
  return { at: token.info.genTime };
}

function checkImprint({ info }: Token, data: Uint8Array): void {
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const hash = HASHES[hashAlgorithm.algorithmId];
  const digest = hash === undefined ? null : createHash(hash).update(data).digest();
  if (digest === null || !digest.equals(hashedMessage.valueBlock.valueHexView))
    throw new TimestampProblem('other-digest', 'it is of something else');
}

function checkNonce({ info }: Token, nonce: Uint8Array): void {
  const answered = info.nonce?.valueBlock.valueHexView;
  if (answered === undefined || !positive(nonce).equals(positive(answered)))
    throw new TimestampProblem('other-nonce', 'it answers another request');
}

/** @returns The certificate that the signature holds under. */
async function checkSignature(
  { signed, signer }: Token,
  data: Uint8Array,
  trusted: readonly Certificate[],
): Promise<Certificate> {
  const attribute = only(signer.signedAttrs?.attributes ?? [], CONTENT_TYPE);
  const [type] = attribute?.values ?? [];
  if (!(type instanceof ObjectIdentifier) || type.valueBlock.toString() !== id_eContentType_TSTInfo)
    throw new TimestampProblem('signature', 'its signature is not over a timestamp');
  const checked = await verified(
    signed.verify({
      signer: 0,
      data: bytesOf(data),
      checkChain: trusted.length > 0,
      trustedCerts: [...trusted],
      extendedMode: true,
      // Lists of revoked certificates may come with an answer and need not: authorities rarely send them.
      passedWhenNotRevValues: true,
    }),
  );
  if (checked.signatureVerified !== true || !checked.signerCertificate)
    throw new TimestampProblem('signature', 'its signature does not hold');
  return checked.signerCertificate;
}

async function verified<T>(checking: Promise<T>): Promise<T> {
  try {
    return await checking;
  } catch (error) {
    // The library's codes: 5 for the chain of certificates, others for the signature.
    const { code } = error as Partial<SignedDataVerifyError>;
    throw code === 5
      ? new TimestampProblem(
          'untrusted',
          'the authority’s certificate is not vouched for by one that is trusted, or was not valid at that time',
        )
      : new TimestampProblem('signature', 'its signature does not hold');
  }
}

/** RFC 3161, section 2.3: one purpose, marked critical. */
function checkPurpose({ extensions = [] }: Certificate): void {
  const [usage, ...more] = extensions.filter(({ extnID }) => extnID === id_ExtKeyUsage);
  const purposes: unknown = usage?.parsedValue;
  const fits =
    more.length === 0 &&
    usage?.critical === true &&
    purposes instanceof ExtKeyUsage &&
    purposes.keyPurposes.length === 1 &&
    purposes.keyPurposes[0] === TIME_STAMPING;
  if (!fits)
    throw new TimestampProblem('purpose', 'the authority’s certificate is not one for timestamps alone');
}

/** The signed attribute that names the certificate: another one over the same key would give another validity. */
function checkNamedCertificate({ signer }: Token, certificate: Certificate): void {
  const attributes = signer.signedAttrs?.attributes ?? [];
  const der = Buffer.from(certificate.toSchema(false).toBER());
  const named = [
    ...certificateDigests(only(attributes, SIGNING_CERTIFICATE_V2), 'sha256'),
    ...certificateDigests(only(attributes, SIGNING_CERTIFICATE), 'sha1'),
  ];
  const fits = named.some(({ hash, digest }) => createHash(hash).update(der).digest().equals(digest));
  if (!fits) throw new TimestampProblem('signature', 'it names another certificate than the one that signed');
}

/**
 * The first of `SigningCertificate ::= SEQUENCE { certs SEQUENCE OF ESSCertID, … }`, which is the signer's. An `ESSCertIDv2` begins
 * with the algorithm unless that is SHA-256.
 */
function certificateDigests(attribute: Attribute | undefined, fallback: string) {
  const first = childOf(childOf(attribute?.values[0], 0), 0);
  const [head] = childrenOf(first);
  const digest = childrenOf(first).find((part) => part instanceof OctetString);
  const algorithm = head instanceof Sequence ? childOf(head, 0) : undefined;
  const hash = algorithm instanceof ObjectIdentifier ? HASHES[algorithm.valueBlock.toString()] : fallback;
  return digest === undefined || hash === undefined
    ? []
    : [{ hash, digest: Buffer.from(digest.valueBlock.valueHexView) }];
}

function childOf(value: unknown, place: number): unknown {
  return childrenOf(value)[place];
}

function childrenOf(value: unknown): readonly unknown[] {
  return value instanceof Constructed ? value.valueBlock.value : [];
}

/** Twice is never: which one counts would be anybody's guess. */
function only(attributes: readonly Attribute[], type: string): Attribute | undefined {
  const [found, ...more] = attributes.filter((attribute) => attribute.type === type);
  return more.length === 0 ? found : undefined;
}
