/** Where the issuer keeps sessions, codes, grants and tokens. Outlives a change of keys. */
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly model: string;
  readonly id: string;
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export class Memory {
  readonly #kept = new Map<string, Kept>();

  /** One adapter per kind of thing, all over this memory. */
  adapter(): AdapterFactory {
    return (model) => this.#adapterOf(model);
  }

  /** Ends what an account has going: sessions, grants, refresh tokens. */
  forgetAccount(accountId: string): void {
    this.#forget(({ payload }) => payload.accountId === accountId);
  }

  clear(): void {
    this.#kept.clear();
  }

  #forget(which: (kept: Kept) => boolean): void {
    for (const [key, kept] of this.#kept) if (which(kept)) this.#kept.delete(key);
  }

  #find(model: string, fits: (kept: Kept) => boolean): AdapterPayload | undefined {
    const now = Date.now();
    this.#forget(({ expiresAt }) => expiresAt <= now);
    for (const kept of this.#kept.values()) if (kept.model === model && fits(kept)) return kept.payload;
    return undefined;
  }

  #adapterOf(model: string): Adapter {
    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
        this.#kept.set(`${model}:${id}`, { model, id, payload, expiresAt });
      },
      find: async (id) => this.#find(model, (kept) => kept.id === id),
      findByUserCode: async (userCode) => this.#find(model, ({ payload }) => payload.userCode === userCode),
      findByUid: async (uid) => this.#find(model, ({ payload }) => payload.uid === uid),
      consume: async (id) => {
        const kept = this.#kept.get(`${model}:${id}`);
        if (kept !== undefined) kept.payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => void this.#kept.delete(`${model}:${id}`),
      revokeByGrantId: async (grantId) => this.#forget(({ payload }) => payload.grantId === grantId),
    };
  }
}
