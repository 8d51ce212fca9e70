/** Given to every call of a port. */
export interface CallOptions {
  /** Aborts the request under way. Adapters also set a time limit of their own. */
  readonly signal?: AbortSignal;
}

/** One page of a listing. `next` is `null` on the last page; otherwise pass it back unchanged. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
