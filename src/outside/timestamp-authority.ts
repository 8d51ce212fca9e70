/** A timestamp authority over HTTP: RFC 3161, section 3.4. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'undici';
import type { TimestampsConfig } from '../config/timestamps-schema.ts';
import { readCertificates } from '../ledger/timestamps/certificates.ts';
import { REQUEST_TYPE, timestampRequest } from '../ledger/timestamps/request.ts';
import { verifyTimestamp } from '../ledger/timestamps/verify-timestamp.ts';

export interface StampAuthority {
  /** Stands in the database and in logs: no secrets. */
  readonly name: string;
  /**
   * A timestamp of these bytes, checked before it is given.
   *
   * @throws TimestampProblem for an answer that does not hold; whatever the network throws.
   */
  readonly stamp: (data: Uint8Array) => Promise<Stamp>;
}

export interface Stamp {
  /** The whole answer, DER. */
  readonly response: Buffer;
  /** By the authority's clock. */
  readonly at: Date;
}

/** An export waits for it. */
const TIME_LIMIT_MS = 5_000;
const MOST_BYTES = 1_000_000;

/** @throws TimestampProblem, or the system's error, when the certificates cannot be read. */
export function timestampAuthority({ url, token, caFile }: TimestampsConfig): StampAuthority {
  const { origin, pathname } = new URL(url);
  const trusted = caFile === undefined ? [] : readCertificates(readFileSync(caFile, 'utf8'));
  return {
    // Without the query, which may hold a secret.
    name: `${origin}${pathname}`,
    async stamp(data) {
      const nonce = randomBytes(16);
      const response = await post(url, timestampRequest(data, nonce), token);
      const { at } = await verifyTimestamp(response, data, { trusted, nonce });
      return { response, at };
    },
  };
}

async function post(url: string, body: Buffer, token: string | undefined): Promise<Buffer> {
  const { statusCode, body: answer } = await request(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': REQUEST_TYPE,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  });
  if (statusCode !== 200) {
    await answer.dump();
    throw new RefusedByAuthority(statusCode);
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > MOST_BYTES) throw new RefusedByAuthority(statusCode);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** Another status than 200, or an endless answer. */
export class RefusedByAuthority extends Error {
  override readonly name = 'RefusedByAuthority';

  constructor(status: number) {
    super(`answered ${status}`);
  }
}
