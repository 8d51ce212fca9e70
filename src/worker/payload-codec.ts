/**
 * Encrypts Temporal payloads with AES-256-GCM: the second wall, behind payloads that hold ids only. The key's id stands in
 * the metadata, so that keys can be rotated: the first encrypts, all decrypt.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import type { Payload, PayloadCodec as Codec } from '@temporalio/common';
import proto from '@temporalio/proto';

const ENCODING = 'binary/encrypted';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface PayloadKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** A payload that this installation's keys cannot open. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

export class PayloadCodec implements Codec {
  readonly #currentId: string;
  readonly #current: KeyObject;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** @throws PayloadError without a key, or with one that is not 32 bytes long. */
  constructor(keys: readonly PayloadKey[]) {
    const [current] = keys;
    if (current === undefined) throw new PayloadError('at least one payload key is needed');
    if (keys.some((key) => key.secret.length !== 32))
      throw new PayloadError('a payload key must have 32 bytes');
    // Made once: making one of the bytes for every payload costs more than encrypting it.
    this.#keys = new Map(keys.map((key) => [key.id, createSecretKey(key.secret)]));
    this.#currentId = current.id;
    this.#current = this.#keys.get(current.id) ?? createSecretKey(current.secret);
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#encrypt(payload));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#decrypt(payload));
  }

  #encrypt(payload: Payload): Payload {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#current, nonce);
    const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return {
      metadata: { encoding: encode(ENCODING), 'encryption-key-id': encode(this.#currentId) },
      data: Buffer.concat([nonce, cipher.getAuthTag(), sealed]),
    };
  }

  #decrypt(payload: Payload): Payload {
    if (textOf(payload, 'encoding') !== ENCODING) return payload;
    const key = this.#keys.get(textOf(payload, 'encryption-key-id') ?? '');
    if (key === undefined || payload.data === null || payload.data === undefined)
      throw new PayloadError('no key for this payload');
    const bytes = Buffer.from(payload.data);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const plain = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      return proto.temporal.api.common.v1.Payload.decode(plain);
    } catch {
      throw new PayloadError('the payload was altered, or sealed with another key of that id');
    }
  }
}

function textOf(payload: Payload, name: string): string | null {
  const value = payload.metadata?.[name];
  return value === undefined || value === null ? null : decode(value);
}
