/** The count of everything a vendor was made to do, so that a test can tell one wipe from two. */
import type { Request } from 'express';

/** What a simulator reports. `target` is the vendor's id of the thing; `params` are the parameters as the vendor understood them. */
export interface EffectInput {
  /** Dotted or plain verb, e.g. `wipe`, `user.deactivate`, `label.bought`. */
  readonly kind: string;
  readonly target: string;
  /** The seed's key of the person or device, where there is one. */
  readonly key?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** One counted effect. `n` starts at 1 and has no gaps until a reset. */
export interface Effect {
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly instance: string;
  readonly kind: string;
  readonly target: string;
  readonly key: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly request: { readonly method: string; readonly path: string };
}

/** Filters: exact match; `target` also matches the seed's key. */
export interface EffectQuery {
  readonly instance?: string | undefined;
  readonly kind?: string | undefined;
  readonly target?: string | undefined;
}

/** The list of effects of the whole sandbox, in the order they took hold. */
export class EffectLog {
  #effects: Effect[] = [];

  record(
    instance: string,
    at: Date,
    request: Pick<Request, 'method' | 'originalUrl'>,
    input: EffectInput,
  ): void {
    const { kind, target, key = null, params = {} } = input;
    const from = { method: request.method, path: request.originalUrl };
    this.#effects.push({
      n: this.#effects.length + 1,
      at: at.toISOString(),
      instance,
      kind,
      target,
      key,
      params: structuredClone(params),
      request: from,
    });
  }

  list(query: EffectQuery = {}): Effect[] {
    return this.#effects.filter(
      (effect) =>
        (query.instance === undefined || effect.instance === query.instance) &&
        (query.kind === undefined || effect.kind === query.kind) &&
        (query.target === undefined || effect.target === query.target || effect.key === query.target),
    );
  }

  clear(): void {
    this.#effects = [];
  }
}
