/** Prometheus metrics: route templates, kinds, states and numbers only. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Database } from '../store/database.ts';
import { readGauges } from '../store/read/gauges.ts';
import type { ConnectorInfo } from './deps.ts';

export interface Metrics {
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  /** A webhook whose sender is not who it says: the only trace it leaves. */
  hookUnauthenticated(kind: string): void;
  /** The exposition text, with what the database says now. */
  render(now: Date): Promise<{ readonly contentType: string; readonly text: string }>;
}

export function createMetrics(db: Database, connectors: readonly ConnectorInfo[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'handback_http_request_duration_seconds',
    help: 'Time to answer, by route template.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const refused = new Counter({
    name: 'handback_hooks_unauthenticated_total',
    help: 'Webhooks of unknown or unproven senders.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of new Set(['unknown', ...connectors.map((connector) => connector.kind)]))
    refused.inc({ kind }, 0);
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const up = gauge('handback_database_up', '1 when the database answered this scrape.');
  const inbox = gauge('handback_inbox_deliveries', 'Deliveries in the inbox, by outcome.', ['outcome']);
  const cases = gauge('handback_cases', 'Cases by state.', ['state']);
  const notifications = gauge('handback_notifications', 'Messages to people, by state.', ['state']);
  const stuck = gauge('handback_stuck', 'Cases and custodies past a deadline.', ['of']);
  const missed = gauge(
    'handback_deadlines_missed',
    'Deadlines of the way to disposal that were missed, by what they are for; healed ones stay counted.',
    ['trigger', 'state'],
  );
  const findings = gauge(
    'handback_asset_findings',
    'What does not fit when the books are held against our records, by kind: open exceptions, and those that were healed.',
    ['kind', 'state'],
  );
  const agreeing = gauge(
    'handback_asset_records_agreeing_ratio',
    'Share of the asset records with a serial that agreed with ours when last compared, 0 to 1.',
  );
  const compared = gauge(
    'handback_asset_reconciliation_timestamp_seconds',
    'When the books were last held against our records, Unix time; 0: never.',
  );
  const size = gauge('handback_ledger_size', 'Leaves of the ledger.');
  const pending = gauge('handback_ledger_pending_facts', 'Facts that wait for their place in the ledger.');
  const lag = gauge('handback_ledger_lag_seconds', 'Age of the oldest fact that waits.');
  const unstamped = gauge(
    'handback_ledger_unstamped_checkpoints',
    'Checkpoints that wait for a timestamp, by authority.',
    ['authority'],
  );
  const stampFailing = gauge(
    'handback_ledger_timestamp_failing',
    '1 while the last asking of the timestamp authority failed.',
    ['authority'],
  );

  async function readDatabase(now: Date): Promise<void> {
    const read = await readGauges(db, now);
    up.set(1);
    for (const [outcome, count] of Object.entries(read.inbox)) inbox.set({ outcome }, count);
    for (const [state, count] of Object.entries(read.cases)) cases.set({ state }, count);
    for (const [state, count] of Object.entries(read.notifications)) notifications.set({ state }, count);
    stuck.set({ of: 'case' }, read.stuckCases);
    stuck.set({ of: 'custody' }, read.stuckCustodies);
    for (const { trigger, open, healed } of read.breaches) {
      missed.set({ trigger, state: 'open' }, open);
      missed.set({ trigger, state: 'healed' }, healed);
    }
    for (const { authority, waiting, failure } of read.stamps) {
      unstamped.set({ authority }, waiting);
      stampFailing.set({ authority }, failure === null ? 0 : 1);
    }
    for (const { kind, open, healed } of read.assets.findings) {
      findings.set({ kind, state: 'open' }, open);
      findings.set({ kind, state: 'healed' }, healed);
    }
    if (read.assets.agreement !== null) agreeing.set(read.assets.agreement);
    compared.set(read.assets.finishedAt === null ? 0 : Date.parse(read.assets.finishedAt) / 1000);
    size.set(read.ledgerSize);
    pending.set(read.ledgerPending);
    lag.set(read.ledgerLagSeconds);
  }

  return {
    observeRequest: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    hookUnauthenticated: (kind) => refused.inc({ kind }),
    async render(now) {
      try {
        await readDatabase(now);
      } catch {
        // The numbers of the process are worth more than an error page while the database is away.
        up.set(0);
        const read = [inbox, cases, notifications, stuck, missed, findings, agreeing, compared];
        for (const one of [...read, size, pending, lag, unstamped, stampFailing]) one.reset();
      }
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
