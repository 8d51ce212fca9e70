import type { Ports } from '../../store/embedded/supervision/kept-ports.ts';

/** The types that a custom search attribute can have. */
export type SearchAttributeType = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

/** What decides how the server runs. */
export interface TemporalServerSettings {
  readonly namespace: string;
  /** Null keeps the state in memory. */
  readonly databaseFile: string | null;
  readonly ui: boolean;
  /** Where the UI decodes payloads; absent, it shows them encrypted. */
  readonly uiCodecEndpoint?: string;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
}

/**
 * One shard reads its queues 20 times a second by default, so each step of a workflow waits up to
 * 50 ms; with these, ten activities in a row take 230 ms instead of 1,060 ms.
 */
const DYNAMIC_CONFIG = {
  'history.transferProcessorMaxPollRPS': 2_000,
  'history.transferProcessorMaxPollHostRPS': 20_000,
  'history.timerProcessorMaxPollRPS': 2_000,
} as const;

/**
 * By default each write is synced, which costs two thirds of the throughput. This way a crash of
 * the server loses nothing; a power cut may lose the last moments, which PostgreSQL, where the
 * facts are, does not.
 */
const SQLITE_PRAGMAS = { journal_mode: 'wal', synchronous: 'normal' } as const;

/** The arguments of the `temporal` program for a development server on loopback. */
export function temporalArguments(settings: TemporalServerSettings, ports: Ports): string[] {
  return [
    'server',
    'start-dev',
    // A profile of the user's own for the CLI is meant for other servers.
    '--disable-config-file',
    '--disable-config-env',
    '--ip=127.0.0.1',
    `--port=${ports.grpc}`,
    `--namespace=${settings.namespace}`,
    '--log-format=json',
    '--log-level=error',
    '--color=never',
    ...uiArguments(settings, ports),
    ...databaseArguments(settings),
    ...pairs('--dynamic-config-value', DYNAMIC_CONFIG),
    ...pairs('--search-attribute', settings.searchAttributes),
  ];
}

/** The argument that tells the server of one database file from others. */
export function databaseArgument(databaseFile: string): string {
  return `--db-filename=${databaseFile}`;
}

function uiArguments(settings: TemporalServerSettings, ports: Ports): string[] {
  if (!settings.ui) return ['--headless'];
  const codec = settings.uiCodecEndpoint;
  return [`--ui-port=${ports.ui}`, ...(codec ? [`--ui-codec-endpoint=${codec}`] : [])];
}

function databaseArguments(settings: TemporalServerSettings): string[] {
  if (settings.databaseFile === null) return [];
  return [databaseArgument(settings.databaseFile), ...pairs('--sqlite-pragma', SQLITE_PRAGMAS)];
}

function pairs(flag: string, values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).map(([key, value]) => `${flag}=${key}=${value}`);
}
