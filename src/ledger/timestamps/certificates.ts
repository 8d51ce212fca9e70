/** Certificates that timestamps are checked against. */
import { X509Certificate } from 'node:crypto';
import { Certificate } from 'pkijs';
import { TimestampProblem } from './problem.ts';

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu;

/**
 * Every certificate of a PEM file.
 *
 * @throws TimestampProblem `untrusted` when there is none, or one cannot be read.
 */
export function readCertificates(pem: string): readonly Certificate[] {
  try {
    const found = [...pem.matchAll(PEM)].map(([one]) =>
      Certificate.fromBER(new Uint8Array(new X509Certificate(one).raw)),
    );
    if (found.length > 0) return found;
  } catch {
    // Said below: what the parser says quotes what it was given.
  }
  throw new TimestampProblem('untrusted', 'no certificate could be read: PEM is expected');
}
