/**
 * `full`: a commit that was answered survives a power cut. `test`: faster; commits survive neither
 * a power cut nor, for the last moments, a crash of the server.
 */
export type Durability = 'full' | 'test';

const COMMON = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  password_encryption: 'scram-sha-256',
  cluster_name: 'handback',
  jit: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  // Messages of failed statements can quote rows, and so personal data: the log has only what the
  // server says about itself. A client learns its errors anyway.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const;

const BY_DURABILITY = {
  full: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  test: {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
  },
} as const satisfies Record<Durability, Record<string, string>>;

/** The arguments of `postgres` for a cluster in `data` on loopback port `port`. */
export function postgresArguments(data: string, port: number, durability: Durability): string[] {
  const settings = { ...COMMON, ...BY_DURABILITY[durability], port: String(port) };
  // On the command line rather than in postgresql.conf: an upgrade of the engine then changes them
  // for clusters that are there already, and supervision can tell whether a running server has them.
  return ['-D', data, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
}
