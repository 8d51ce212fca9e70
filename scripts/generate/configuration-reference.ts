/**
 * Writes the tables of docs/configuration.md from the schemas that check the configuration and the connectors' settings; what
 * a key means stands above it in the source.
 * Run: node scripts/generate/configuration-reference.ts
 */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { CONNECTOR_KINDS } from '../../src/adapters/connector-kinds.ts';
import { ConfigSchema } from '../../src/config/schema.ts';
import { docComments } from './lib/doc-comments.ts';
import { documentUrl, rendered } from './lib/generated-part.ts';
import type { Document } from './lib/generated-part.ts';
import { settingRows, table } from './lib/setting-rows.ts';
import type { SettingRow } from './lib/setting-rows.ts';

/** Settings that many files have and none explains. */
const COMMON: Readonly<Record<string, string>> = {
  baseUrl: 'Where the vendor answers.',
  token: 'Bearer token of the vendor.',
  apiKey: 'API key of the account.',
  tenantId: 'Id of the Microsoft tenant.',
  clientId: 'Id of the app registration.',
  clientSecret: 'Its secret.',
  'labels.disposed': "The installation's own label for what is disposed of.",
  'labels.inStock': 'Its label for what is in stock.',
  'labels.lost': 'Its label for what is lost.',
  'labels.returnedToLessor': 'Its label for what went back to the lessor.',
  'labels.sold': 'Its label for what was sold to an employee.',
  'labels.found': 'Its label for what was lost and is back.',
  'labels.retained': 'Its label for what is kept, under a legal hold for instance.',
  timeLimitMs: 'Milliseconds for one request, answer included.',
  requestTimeoutMs: 'Milliseconds for one request, answer included.',
  requestsPerSecond: 'Steady rate of requests of one process.',
  burst: 'Requests that may go at once before the rate holds.',
  'readApi.baseUrl': 'Its address.',
  'readApi.token': 'Its bearer token.',
};

/** Kinds that reach their vendor over Microsoft Graph, and share the settings of that. */
const OVER_GRAPH: ReadonlySet<string> = new Set(['entra', 'intune', 'purview']);

/** Sections of the configuration that have a page or a table of their own. */
const ELSEWHERE = /^(policy|connectors)(\.|$)/u;

const GENERAL: Readonly<Record<string, string>> = {
  'http.host': 'Interface that the API listens on.',
  'http.port': 'Its port; 0 takes a free one.',
  'temporal.namespace': 'Temporal namespace.',
  'temporal.apiKey': 'For servers with API keys (Temporal Cloud); the connection then uses TLS.',
  'temporal.deployment.name': 'Name of the worker deployment.',
  'temporal.deployment.buildId': 'Build id of this release.',
  'database.url':
    'A PostgreSQL; left out, `handback up` runs one of its own. Usually given as `DATABASE_URL`.',
  'database.connections': 'Connections of one process.',
  tokens: 'Bearer tokens of the API, each with its roles.',
  'tokens[].token': 'The secret itself; take it from the environment.',
  'tokens[].roles': 'What it may do: `src/api/permissions.ts` is the table.',
  'tokens[].vendorOf': "Goes with the role `vendor`: the disposal vendors' connectors whose pickups it sees.",
  'payloadKeys[].id': "Kept in the payload's metadata, so that keys can be rotated.",
  'payloadKeys[].secret': '32 random bytes in base64 (`openssl rand -base64 32`).',
  'personKeys.wrapping[].id': 'Stands beside every key that it wrapped, so that keys can be rotated.',
  'personKeys.wrapping[].secret': '32 random bytes in base64 (`openssl rand -base64 32`).',
  'tokens[].id': 'Stands in facts as the actor: opaque, no name.',
  'returns.to.country': 'Two letters (ISO 3166-1).',
  'returns.weightGrams': 'Weight of a return parcel, for the label.',
  'log.level': 'Logs are JSON lines on standard error, with ids, enums and times only.',
};

export async function configurationDocument(): Promise<Document> {
  const general = new Map([
    ...docComments(await source('src/config/schema.ts')),
    ...[...docComments(await source('src/config/oidc-schema.ts'))].map(
      ([path, meaning]) => [`oidc.${path}`, meaning] as const,
    ),
    ...[...docComments(await source('src/config/person-keys-schema.ts'))].map(
      ([path, meaning]) => [`personKeys.${path}`, meaning] as const,
    ),
    ...[...docComments(await source('src/config/ledger-schema.ts'))].map(
      ([path, meaning]) => [`ledger.${path}`, meaning] as const,
    ),
    ...(await meaningsOf('src/config/timestamps-schema.ts', 'ledger.timestamps')),
    ...(await meaningsOf('src/config/bucket-schema.ts', 'ledger.publish.buckets[]')),
    ...(await meaningsOf('src/config/documents-schema.ts', 'documents')),
    ...(await meaningsOf('src/config/bucket-schema.ts', 'documents.bucket')),
    ...[...docComments(await source('src/config/notify-schema.ts'))].map(
      ([path, meaning]) => [`notify.${path}`, meaning] as const,
    ),
  ]);
  const rows = settingRows(ConfigSchema)
    .filter(({ path }) => !ELSEWHERE.test(path))
    .map((row) => cells(row, GENERAL[row.path] ?? general.get(row.path) ?? nestedName(row.path, 'config')));
  const kinds = await Promise.all(Object.keys(CONNECTOR_KINDS).toSorted().map(kindSection));
  return {
    path: 'docs/configuration.md',
    parts: {
      'general settings': table(['key', 'kind', 'default', 'meaning'], rows),
      'connector settings': kinds.join('\n\n'),
    },
  };
}

/** Meanings of a section that has a file of its own. */
async function meaningsOf(file: string, section: string): Promise<readonly (readonly [string, string])[]> {
  return [...docComments(await source(file))].map(
    ([path, meaning]) => [`${section}.${path}`, meaning] as const,
  );
}

async function kindSection(kind: string): Promise<string> {
  const entry = CONNECTOR_KINDS[kind];
  if (entry === undefined) throw new Error(`no kind ${kind}`);
  const own = docComments(await source(`src/adapters/${entry.port}/${kind}/settings.ts`));
  const shared = OVER_GRAPH.has(kind)
    ? docComments(await source('src/adapters/clients/graph/settings.ts'))
    : new Map<string, string>();
  const rows = settingRows(entry.settings).map((row) => {
    const meaning = own.get(row.path) ?? shared.get(row.path) ?? COMMON[row.path];
    return cells(row, meaning ?? nestedName(row.path, kind));
  });
  return `### \`${kind}\` (${entry.port})\n\n${table(['key', 'kind', 'default', 'meaning'], rows)}`;
}

/** Names under an explained section speak for themselves; anything else wants a comment in its settings file. */
function nestedName(path: string, where: string): string {
  if (path.includes('.')) return '';
  throw new Error(`${where}: nothing says what ${path} means`);
}

function cells({ path, kind, standard }: SettingRow, meaning: string): readonly string[] {
  return [`\`${path}\``, kind, standard, meaning];
}

function source(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const document = await configurationDocument();
  await writeFile(documentUrl(document), await rendered(document));
  console.log(document.path);
}
