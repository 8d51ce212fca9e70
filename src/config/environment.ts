/** The only reading of environment variables, given as a plain object by a `main.ts`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A `${NAME}` in the file that the environment does not have. */
export interface MissingVariable {
  readonly path: string;
  readonly name: string;
}

/** Replaces `${NAME}` in every text of a parsed document; reports the names that are not set. */
export function substitute(
  value: unknown,
  env: Environment,
  path = '',
): { readonly value: unknown; readonly missing: readonly MissingVariable[] } {
  const missing: MissingVariable[] = [];
  const walk = (one: unknown, at: string): unknown => {
    if (typeof one === 'string') {
      return one.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/gu, (_whole, name: string) => {
        const found = env[name];
        if (found === undefined) missing.push({ path: at, name });
        return found ?? '';
      });
    }
    if (Array.isArray(one)) return one.map((item, index) => walk(item, `${at}[${index}]`));
    if (typeof one === 'object' && one !== null) {
      return Object.fromEntries(
        Object.entries(one).map(([key, item]) => [key, walk(item, at === '' ? key : `${at}.${key}`)]),
      );
    }
    return one;
  };
  return { value: walk(value, path), missing };
}

/** Variables that override one key of the file each. */
const OVERRIDES: Readonly<Record<string, readonly string[]>> = {
  HANDBACK_HTTP_HOST: ['http', 'host'],
  HANDBACK_HTTP_PORT: ['http', 'port'],
  HANDBACK_PUBLIC_URL: ['http', 'publicUrl'],
  HANDBACK_LOG_LEVEL: ['log', 'level'],
  HANDBACK_TEMPORAL_NAMESPACE: ['temporal', 'namespace'],
  HANDBACK_DATABASE_CONNECTIONS: ['database', 'connections'],
  TEMPORAL_ADDRESS: ['temporal', 'address'],
  DATABASE_URL: ['database', 'url'],
};

const NUMBERS = new Set(['HANDBACK_HTTP_PORT', 'HANDBACK_DATABASE_CONNECTIONS']);

/** The document with the environment's overrides laid over it. */
export function override(document: unknown, env: Environment): unknown {
  const root = { ...(typeof document === 'object' && document !== null ? document : {}) } as Record<
    string,
    unknown
  >;
  for (const [name, [section, key]] of Object.entries(OVERRIDES)) {
    const value = env[name];
    if (value === undefined || value === '' || section === undefined || key === undefined) continue;
    const before = root[section];
    root[section] = {
      ...(typeof before === 'object' && before !== null ? before : {}),
      [key]: NUMBERS.has(name) ? Number(value) : value,
    };
  }
  return root;
}
