/** What the composition root may lend an adapter; tests lend a clock or a `fetch` of their own. */
export interface AdapterDeps {
  readonly fetch?: typeof globalThis.fetch;
  /** The current time. Default: the machine's clock. */
  readonly clock?: () => Date;
}
