/** What can go wrong with a server that the engine runs itself; callers switch on it. */
export type EmbeddedServerErrorCode =
  /** There is no server binary for this platform. */
  | 'unsupported-platform'
  /** The package or the binary of the server is not installed. */
  | 'binaries-missing'
  /** Running as root, and neither a suitable system user nor a `runAs` is there. */
  | 'no-system-user'
  /** Running as root, and no directory that another user can enter could be prepared. */
  | 'no-staging-directory'
  /** A live process already owns the data directory; the message names its pid. */
  | 'owned'
  /** The data directory and the stored cluster do not belong together. */
  | 'cluster-mismatch'
  /** The stored cluster was written by another major version. */
  | 'version-mismatch'
  /** `initdb` failed. */
  | 'init-failed'
  /** The server ended before it was ready, again and again. */
  | 'start-failed'
  /** The server runs, but was not ready in time. */
  | 'not-ready'
  /** The server outlived even SIGKILL. */
  | 'stop-failed';

/** The servers that the engine can run as its own children. */
export type EmbeddedServerName = 'postgres' | 'temporal';

/** The only error type that starting and stopping an embedded server throws on purpose. */
export class EmbeddedServerError extends Error {
  readonly code: EmbeddedServerErrorCode;
  readonly server: EmbeddedServerName;

  constructor(
    server: EmbeddedServerName,
    code: EmbeddedServerErrorCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = 'EmbeddedServerError';
    this.server = server;
    this.code = code;
  }
}
