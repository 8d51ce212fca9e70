/** What kind of machine a device is. It decides what counts as proof of a wipe (see `wipe-proof.ts`). */
export const PLATFORMS = ['windows', 'macos', 'ios', 'android', 'linux', 'chromeos', 'unknown'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Whose property a device is. Only `corporate` may ever be wiped; `unknown` refuses. */
export const OWNERSHIPS = ['corporate', 'personal', 'leased', 'client-owned', 'unknown'] as const;
export type Ownership = (typeof OWNERSHIPS)[number];
