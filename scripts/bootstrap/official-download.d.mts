/** Types of official-download.mjs for its test. */
export function officialDownload(what: {
  readonly node: string;
  readonly artifact: string;
  readonly version: string;
  readonly dir: string;
  readonly doing: string;
  readonly service?: string;
}): Promise<{ readonly file: string } | { readonly problem: string }>;
