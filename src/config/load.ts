import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { override, substitute } from './environment.ts';
import type { Environment } from './environment.ts';
import type { NotifyConfig } from './notify-schema.ts';
import { ConfigSchema } from './schema.ts';
import { unknownVendors } from './vendor-bindings.ts';
import type { Mode, ConnectorHead } from './schema.ts';

/** One kind of connector, as the adapters publish it. */
export interface ConnectorKind {
  readonly port: string;
  readonly settings: z.ZodType;
}

export interface ConnectorConfig {
  readonly name: string;
  readonly kind: string;
  readonly port: string;
  readonly mode: Mode;
  /** As validated by the kind's own schema. */
  readonly settings: unknown;
}

export interface Config extends Omit<z.infer<typeof ConfigSchema>, 'connectors'> {
  readonly connectors: readonly ConnectorConfig[];
  /** Absolute path of the data directory of an embedded installation. */
  readonly dataDir: string;
}

/** Where the configuration lies and what the environment says. */
export interface ConfigSource {
  /** `--config`, else `HANDBACK_CONFIG`, else `handback.yaml`; a file that is not there is an error only when it was named. */
  readonly file?: string;
  readonly env: Environment;
  readonly kinds: Readonly<Record<string, ConnectorKind>>;
}

/**
 * Reads, substitutes and validates the whole configuration.
 *
 * @throws ConfigError with the path of every wrong key and what was expected there.
 */
export async function loadConfig({ file, env, kinds }: ConfigSource): Promise<Config> {
  const named = file ?? env['HANDBACK_CONFIG'];
  const path = named ?? 'handback.yaml';
  const { value, missing } = substitute(await readDocument(path, named !== undefined), env);
  if (missing.length > 0) {
    throw new ConfigError(
      path,
      missing.map((one) => ({ path: one.path, expected: `the environment variable ${one.name} is not set` })),
    );
  }
  const parsed = ConfigSchema.safeParse(override(value, env));
  if (!parsed.success) throw new ConfigError(path, parsed.error.issues.map(problemOf));
  const { connectors: heads, ...rest } = parsed.data;
  const connectors = readConnectors(path, heads, kinds);
  const strangers = unknownVendors(rest, connectors);
  if (strangers.length > 0) throw new ConfigError(path, strangers);
  checkNotify(path, rest.notify, connectors);
  checkCarriers(path, rest.returns.carriers, connectors);
  return {
    ...rest,
    connectors,
    dataDir: resolve(env['HANDBACK_DATA'] ?? '.handback'),
  };
}

async function readDocument(path: string, required: boolean): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8')) ?? {};
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && !required) return {};
    const expected =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'no such file'
        : 'not readable as YAML';
    throw new ConfigError(path, [{ path: '(file)', expected }]);
  }
}

function readConnectors(
  path: string,
  connectors: Record<string, z.infer<typeof ConnectorHead>>,
  kinds: ConfigSource['kinds'],
): readonly ConnectorConfig[] {
  const problems: { path: string; expected: string }[] = [];
  const read = Object.entries(connectors).flatMap(
    ([name, { kind, mode, ...settings }]): ConnectorConfig[] => {
      const known = kinds[kind];
      if (known === undefined) {
        problems.push({
          path: `connectors.${name}.kind`,
          expected: `one of ${Object.keys(kinds).toSorted().join(', ')}`,
        });
        return [];
      }
      const parsed = known.settings.safeParse(settings);
      if (parsed.success) return [{ name, kind, port: known.port, mode, settings: parsed.data }];
      problems.push(
        ...parsed.error.issues
          .map(problemOf)
          .map((one) => ({ ...one, path: `connectors.${name}.${one.path}` })),
      );
      return [];
    },
  );
  if (problems.length > 0) throw new ConfigError(path, problems);
  return read;
}

/** Whoever is to be told must be told by something that sends. @throws ConfigError */
function checkNotify(path: string, notify: NotifyConfig, connectors: readonly ConnectorConfig[]): void {
  const senders = new Set(connectors.filter(({ port }) => port === 'notify').map(({ name }) => name));
  const named = [
    ...(notify.mailPeopleBy === undefined ? [] : [['mailPeopleBy', notify.mailPeopleBy] as const]),
    ...Object.entries(notify.roles).flatMap(([role, targets]) =>
      targets.map(({ connector }, index) => [`roles.${role}.${index}.connector`, connector] as const),
    ),
  ];
  const problems = named
    .filter(([, connector]) => !senders.has(connector))
    .map(([key]) => ({ path: `notify.${key}`, expected: 'the name of a connector that sends messages' }));
  if (problems.length > 0) throw new ConfigError(path, problems);
}

/** @throws ConfigError for a country whose carrier is none. */
function checkCarriers(
  path: string,
  carriers: Readonly<Record<string, string>>,
  connectors: readonly ConnectorConfig[],
): void {
  const known = new Set(connectors.filter(({ port }) => port === 'carrier').map(({ name }) => name));
  const problems = Object.entries(carriers)
    .filter(([, connector]) => !known.has(connector))
    .map(([country]) => ({
      path: `returns.carriers.${country}`,
      expected: 'the name of a carrier connector',
    }));
  if (problems.length > 0) throw new ConfigError(path, problems);
}

/** The path of a wrong key and what was expected, without the value: it may be a secret. */
function problemOf(issue: z.core.$ZodIssue): { readonly path: string; readonly expected: string } {
  const path = issue.path.length === 0 ? '(top)' : issue.path.map(String).join('.');
  return { path, expected: issue.message };
}
