/** What an access cut is made of, item by item. */
export const ACCESS_ITEMS = ['account', 'sessions', 'grants'] as const;
export type AccessItem = (typeof ACCESS_ITEMS)[number];

/** One item as read back. `not-offered`: the provider has no such thing to cut. */
export interface AccessItemReading {
  readonly item: AccessItem;
  readonly state: 'cut' | 'open' | 'not-offered';
  /**
   * Read from the provider; or only its success answer where nothing can be read; or it follows from the disabled account,
   * where the provider cut by itself.
   */
  readonly basis: 'read-back' | 'vendor-answer' | 'follows-account';
  /** When it was cut, where the provider tells, ISO 8601 UTC. */
  readonly since: string | null;
}
