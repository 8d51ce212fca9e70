/** Requests for timestamps: RFC 3161, section 2.4.1. */
import { createHash } from 'node:crypto';
import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq } from 'pkijs';

/** SHA-256, RFC 5754. */
const SHA_256 = '2.16.840.1.101.3.4.2.1';

export const REQUEST_TYPE = 'application/timestamp-query';
export const RESPONSE_TYPE = 'application/timestamp-reply';

/**
 * Asks for a timestamp of these bytes, with the authority's certificates in it, so that it can be checked for ever after.
 *
 * @param nonce Random; the answer repeats it.
 * @returns DER.
 */
export function timestampRequest(data: Uint8Array, nonce: Uint8Array): Buffer {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256, algorithmParams: new Null() }),
      hashedMessage: new OctetString({ valueHex: bytesOf(createHash('sha256').update(data).digest()) }),
    }),
    nonce: new Integer({ valueHex: bytesOf(positive(nonce)) }),
    certReq: true,
  });
  return Buffer.from(request.toSchema().toBER());
}

/** The nonce as DER writes a positive integer: no needless zero in front, and one where the first bit is set. */
export function positive(nonce: Uint8Array): Buffer {
  const start = nonce.findIndex((byte) => byte !== 0);
  const digits = Buffer.from(start === -1 ? [0] : nonce.subarray(start));
  return (digits[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), digits]) : digits;
}

/** Bytes in a buffer of their own, which the library asks for. */
export function bytesOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
