/**
 * Who may import whom: one row per room. Imports point one way,
 * `domain` ← `ledger` ← `store`, `adapters` ← `activities` ← `worker`, and what is not allowed here is
 * forbidden. The rule `handback/import-direction` reads this table; test/lint/ plants a violation of
 * every row.
 *
 * Paths are relative to the checkout, with `/` on every platform.
 */

/** Whatever talks to a network or a database. */
const NETWORK = /^(node:)?(net|http|https|http2|tls|dgram|dns)(\/|$)/;
const DATABASE = /^(pg|kysely)(\/|$)/;
const HTTP_CLIENTS = /^(undici|express)(\/|$)/;
const TEMPORAL = /^@temporalio\//;

const DOMAIN = /^src\/domain\//;
const LEDGER = /^src\/ledger\//;
const STORE = /^src\/store\//;
const IMPORTS = /^src\/imports\//;
const CONFIG = /^src\/config\//;
const ADAPTERS = /^src\/adapters\//;
const WORKFLOWS = /^src\/workflows\//;
const ACTIVITIES = /^src\/activities\//;
const WORKER = /^src\/worker\//;
const OUTSIDE = /^src\/outside\//;
const API = /^src\/api\//;
const CLI = /^src\/cli\//;

/** A file beside the ports: what all adapters share (errors, options). */
const ADAPTERS_SHARED = /^src\/adapters\/(?!registry|connector-kinds)[^/]+\.ts$/;
const PORT = /^src\/adapters\/[^/]+\/port\.ts$/;
/** The map of one port's adapters, and the one of all ports. */
const REGISTRY = /^src\/adapters\/(([^/]+\/)?registry|connector-kinds)\.ts$/;
const CLIENTS = /^src\/adapters\/clients\//;
/** An adapter's webhook verifier: `webhook.ts`, `hook.ts`, `webhook-….ts`, or in a folder `webhook/`. */
const VERIFIER = /^src\/adapters\/(.+\/)?(web)?hooks?(-[^/]+)?(\.ts$|\/)/;
/** The commands that are not clients of the API: the processes, and what works beside or without it. */
const CLI_LOCAL =
  /^src\/cli\/(main\.ts$|processes\/|local\/|(.+\/)?(up|api|worker|sandbox|demo|migrate|doctor|keys|verify)\.ts$)/;

export interface Room {
  readonly name: string;
  /** Which files live in it; the first room that fits counts. */
  readonly files: RegExp;
  /** Files it may import, besides its own; a function where that depends on the importing file. */
  readonly imports: readonly (RegExp | ((from: string) => RegExp))[];
  /** May import types (only with `import type`) from everywhere. */
  readonly typesOfAll?: boolean;
  /** The only packages and built-ins it may import; absent means any. */
  readonly packages?: RegExp;
  /** Packages and built-ins it must not import. */
  readonly notPackages?: readonly RegExp[];
  /** Its own files are not allowed either, except by `imports`. */
  readonly closed?: boolean;
  /** Said with every finding. */
  readonly because: string;
}

export const rooms: readonly Room[] = [
  {
    name: 'domain',
    files: DOMAIN,
    imports: [],
    packages: /^(?!)/,
    because: 'domain holds pure rules: it imports nothing but domain, no package and no built-in',
  },
  {
    name: 'ledger',
    files: LEDGER,
    imports: [DOMAIN],
    notPackages: [NETWORK, DATABASE, HTTP_CLIENTS, TEMPORAL],
    because: 'the ledger imports domain only, and works without network and database',
  },
  {
    name: 'store',
    files: STORE,
    imports: [DOMAIN, LEDGER],
    notPackages: [TEMPORAL, HTTP_CLIENTS],
    because: 'the store imports domain and ledger only',
  },
  {
    name: 'imports',
    files: IMPORTS,
    imports: [DOMAIN],
    notPackages: [NETWORK, DATABASE, HTTP_CLIENTS, TEMPORAL],
    because: 'reading vendors\u2019 files imports domain only, and knows neither database nor network',
  },
  {
    name: 'outside',
    files: OUTSIDE,
    imports: [LEDGER, STORE, CONFIG],
    notPackages: [DATABASE, TEMPORAL, /^express(\/|$)/],
    because:
      'places outside that keep or stamp evidence know the ledger and the store, and nothing of vendors or processes',
  },
  {
    name: 'config',
    files: CONFIG,
    imports: [
      DOMAIN,
      ADAPTERS_SHARED,
      PORT,
      REGISTRY,
      /^src\/adapters\/.+\/(config|schema|options|settings)\.ts$/,
    ],
    notPackages: [TEMPORAL, DATABASE, HTTP_CLIENTS],
    because: 'config imports domain and what adapters publish about their options',
  },
  {
    name: 'adapters (clients)',
    files: CLIENTS,
    imports: [DOMAIN, ADAPTERS_SHARED],
    notPackages: [TEMPORAL, DATABASE],
    because: 'what adapters of one vendor share knows neither ports nor vendors folders',
  },
  {
    name: 'adapters (registry)',
    files: REGISTRY,
    imports: [DOMAIN, ADAPTERS],
    notPackages: [TEMPORAL, DATABASE],
    because: 'a registry imports domain and adapters only',
  },
  {
    name: 'adapters (over SQL)',
    files: /^src\/adapters\/inventory\/sql\//,
    imports: [DOMAIN, ADAPTERS_SHARED, CLIENTS, ownPort, ownVendor],
    notPackages: [TEMPORAL, /^kysely(\/|$)/],
    closed: true,
    because: 'a vendor whose interface is a database may talk to one, and imports what any vendor may',
  },
  {
    name: 'adapters (vendor)',
    files: /^src\/adapters\/[^/]+\/[^/]+\//,
    imports: [DOMAIN, ADAPTERS_SHARED, CLIENTS, ownPort, ownVendor],
    notPackages: [TEMPORAL, DATABASE],
    closed: true,
    because: 'a vendor imports domain, its own port and clients/, never another vendor',
  },
  {
    name: 'adapters',
    files: ADAPTERS,
    imports: [DOMAIN, ADAPTERS_SHARED, PORT, ownPort],
    notPackages: [TEMPORAL, DATABASE],
    closed: true,
    because: 'ports and what adapters share import domain, and no vendor',
  },
  {
    name: 'activities',
    files: ACTIVITIES,
    imports: [DOMAIN, LEDGER, STORE, ADAPTERS_SHARED, PORT],
    notPackages: [/^express(\/|$)/, /^@temporalio\/(worker|workflow)(\/|$)/],
    because:
      'activities import domain, ledger, store and the ports of adapters; the worker gives them the vendors',
  },
  {
    name: 'workflows',
    files: WORKFLOWS,
    imports: [],
    typesOfAll: true,
    packages: /^@temporalio\/workflow$/,
    because:
      'workflow code is deterministic: it imports workflows and @temporalio/workflow, and types with `import type`',
  },
  {
    name: 'worker',
    files: WORKER,
    imports: [DOMAIN, LEDGER, STORE, OUTSIDE, CONFIG, ADAPTERS, ACTIVITIES, WORKFLOWS],
    because: 'the worker composes what is below it, and knows neither api nor cli',
  },
  {
    name: 'api (main)',
    files: /^src\/api\/main\.ts$/,
    imports: [API, DOMAIN, LEDGER, STORE, OUTSIDE, IMPORTS, CONFIG, ADAPTERS_SHARED, REGISTRY, VERIFIER],
    notPackages: [/^@temporalio\/(worker|workflow|activity)(\/|$)/],
    because: 'the main of the api takes webhook verifiers out of the registries, and knows no worker',
  },
  {
    name: 'api',
    files: API,
    imports: [DOMAIN, LEDGER, STORE, OUTSIDE, IMPORTS, CONFIG, ADAPTERS_SHARED, VERIFIER],
    notPackages: [/^@temporalio\/(worker|workflow|activity)(\/|$)/],
    because: 'the api imports domain, ledger, store, imports, config and the webhook verifiers of adapters',
  },
  {
    name: 'cli (processes and local commands)',
    files: CLI_LOCAL,
    imports: [CLI, DOMAIN, LEDGER, STORE, OUTSIDE, CONFIG, ADAPTERS, WORKER, API, /^sandbox\//],
    because: 'only processes and local commands of the cli reach into the engine',
  },
  {
    name: 'cli',
    files: CLI,
    imports: [DOMAIN, CONFIG],
    notPackages: [DATABASE, TEMPORAL],
    because: 'the command line is a client of the API',
  },
  {
    name: 'console',
    files: /^src\/console\//,
    imports: [DOMAIN],
    because: 'the console imports domain and talks to the API',
  },
  {
    name: 'sandbox',
    files: /^sandbox\//,
    imports: [],
    because: 'the sandbox imports nothing of the engine, so that our mistakes show',
  },
  {
    name: 'demo',
    files: /^demo\//,
    imports: [],
    because: 'the demo drives public entrances only and imports no engine code',
  },
];

/** A vendor's own port: `src/adapters/<port>/*.ts` without its registry. */
function ownPort(from: string): RegExp {
  const [, , port] = from.split('/');
  return new RegExp(`^src/adapters/${port}/(?!registry|connector-kinds)[^/]+\\.ts$`);
}

function ownVendor(from: string): RegExp {
  const [, , port, vendor] = from.split('/');
  return new RegExp(`^src/adapters/${port}/${vendor}/`);
}

/** The room a file lives in, or `undefined` for files without rules of their own (tests, scripts). */
export function roomOf(file: string): Room | undefined {
  return rooms.find((room) => room.files.test(file));
}
