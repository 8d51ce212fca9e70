/** Types of cache-dir.mjs for its test. */
export function cacheDir(
  env?: Readonly<Record<string, string | undefined>>,
  platform?: NodeJS.Platform,
): string;
