/** A mistake in the configuration: stops the start. `path` is the key, `expected` what should stand there. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly { readonly path: string; readonly expected: string }[];

  constructor(file: string, problems: readonly { readonly path: string; readonly expected: string }[]) {
    super([`${file}:`, ...problems.map(({ path, expected }) => `  ${path}: ${expected}`)].join('\n'));
    this.problems = problems;
  }
}
