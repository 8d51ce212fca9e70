/** Reads the answer of a timestamp authority (RFC 3161, section 2.4.2), without believing it yet. */
import { fromBER } from 'asn1js';
import { ContentInfo, id_eContentType_TSTInfo, PKIStatus, SignedData, TimeStampResp, TSTInfo } from 'pkijs';
import type { SignerInfo } from 'pkijs';
import { TimestampProblem } from './problem.ts';
import { bytesOf } from './request.ts';

export interface Token {
  readonly signed: SignedData;
  readonly signer: SignerInfo;
  readonly info: TSTInfo;
}

/** An answer holds a signature and a few certificates: a hundred times less. */
const MOST_BYTES = 1_000_000;

/** @throws TimestampProblem `malformed`, `refused`. */
export function readToken(response: Uint8Array): Token {
  const answer = read(() => new TimeStampResp({ schema: whole(response) }));
  const { status } = answer.status;
  if (status !== PKIStatus.granted && status !== PKIStatus.grantedWithMods)
    throw new TimestampProblem('refused', `the authority gave none (status ${status})`);
  const { timeStampToken } = answer;
  if (timeStampToken === undefined || timeStampToken.contentType !== ContentInfo.SIGNED_DATA)
    throw malformed();
  const signed = read(() => new SignedData({ schema: timeStampToken.content }));
  const { eContent, eContentType } = signed.encapContentInfo;
  // RFC 3161, section 2.4.2: the authority's signature and no other.
  const [signer, ...others] = signed.signerInfos;
  if (eContentType !== id_eContentType_TSTInfo || eContent === undefined) throw malformed();
  if (signer === undefined || others.length > 0) throw malformed();
  const info = read(() => new TSTInfo({ schema: whole(new Uint8Array(eContent.getValue())) }));
  if (info.version !== 1) throw malformed();
  return { signed, signer, info };
}

/** One value, and nothing behind it. */
function whole(bytes: Uint8Array) {
  if (bytes.length > MOST_BYTES) throw malformed();
  const { offset, result } = fromBER(bytesOf(bytes));
  if (offset !== bytes.length) throw malformed();
  return result;
}

function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (cause) {
    if (cause instanceof TimestampProblem) throw cause;
    throw malformed();
  }
}

function malformed(): TimestampProblem {
  return new TimestampProblem('malformed', 'it is no RFC 3161 answer with a timestamp in it');
}
