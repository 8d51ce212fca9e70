/** A disposal vendor behind its port that answers with what a test has put there, and the context of activities around it. */
import { NO_NOTICES } from '../../support/engine/no-notices.ts';
import type { Connectors } from '../../../src/adapters/connectors.ts';
import type { DispositionVendor, VendorDocument } from '../../../src/adapters/disposition/port.ts';
import { ConnectorError } from '../../../src/adapters/errors.ts';
import type { ConnectorErrorCode } from '../../../src/adapters/errors.ts';
import type { EngineContext } from '../../../src/activities/context.ts';
import type {
  CertificateLine,
  DispositionLine,
  ManifestLine,
  ReceiptLine,
  VendorScanLine,
} from '../../../src/domain/disposition.ts';
import type { Database } from '../../../src/store/database.ts';
import { inForce } from '../../support/postgres/in-force.ts';
import { SOURCES, policy } from './api.ts';

export class TestVendor implements DispositionVendor {
  readonly booked: string[] = [];
  readonly manifests: (readonly ManifestLine[])[] = [];
  scan: readonly VendorScanLine[] | null = null;
  receipt: readonly ReceiptLine[] | null = null;
  certificates: readonly CertificateLine[] | null = null;
  dispositions: readonly DispositionLine[] | null = null;
  /** What the next call fails with. */
  fails: ConnectorErrorCode | null = null;

  async bookPickup({ pickupId }: { readonly pickupId: string }) {
    this.#mayFail('book pickup');
    this.booked.push(pickupId);
    return { reference: `REF-${pickupId.slice(-4)}` };
  }
  async sendManifest(_pickupId: string, lines: readonly ManifestLine[]) {
    this.#mayFail('send manifest');
    this.manifests.push(lines);
  }
  async readVendorScan() {
    return this.#document(this.scan);
  }
  async readReceipt() {
    return this.#document(this.receipt);
  }
  async readCertificates() {
    return this.#document(this.certificates);
  }
  async readDispositions() {
    return this.#document(this.dispositions);
  }
  async probe() {
    return { missing: [] };
  }

  #document<T>(lines: readonly T[] | null): VendorDocument<T> | null {
    this.#mayFail('read');
    return lines === null
      ? null
      : { lines, document: Buffer.from(JSON.stringify(lines)), contentType: 'application/json' };
  }

  #mayFail(operation: string): void {
    const code = this.fails;
    this.fails = null;
    if (code !== null) throw new ConnectorError(code, 'itad', operation, { vendorCode: 'LINE_1' });
  }
}

export async function contextWith(
  db: Database,
  vendor: DispositionVendor,
  mode: 'observe' | 'enforce' = 'enforce',
): Promise<EngineContext> {
  const none = new Map<string, never>();
  const connectors: Connectors = {
    identity: none,
    devices: none,
    enrolment: none,
    holds: none,
    inventory: none,
    carrier: none,
    hr: none,
    notify: none,
    disposition: new Map([['itad', { name: 'itad', mode, port: vendor, reader: null }]]),
  };
  await inForce(db, policy);
  return {
    db,
    connectors,
    terms: { sources: SOURCES },
    linkBy: ['employeeNumber'],
    peopleModes: [],
    returns: { to: null, weightGrams: 1, boxWeightGrams: 1, carriers: {}, refundLabels: true },
    retryCapMs: 10,
    notices: NO_NOTICES,
    clock: () => new Date(),
    log: { info: () => {}, warn: () => {} },
    crash: () => {},
  };
}

/** What became of a unit. */
export function disposition(
  pickupId: string,
  serial: string,
  overrides: Partial<DispositionLine> = {},
): DispositionLine {
  return {
    pickupId,
    serial,
    manufacturer: '',
    model: '',
    assetTag: '',
    processedAt: '2026-01-20T10:00:00.000Z',
    outcome: 'sanitised',
    downstream: 'sold-domestic',
    ...overrides,
  };
}

export function certificate(
  pickupId: string,
  serial: string,
  overrides: Partial<CertificateLine> = {},
): CertificateLine {
  const who = {
    name: 'Terry Technician',
    title: 'Technician',
    date: '2026-01-02',
    location: 'Halle',
    contact: 'terry@vendor.test',
  };
  return {
    certificateId: `CERT-${serial}`,
    pickupId,
    manufacturer: 'Lenovo',
    model: 'ThinkPad T14',
    serial,
    assetTag: '',
    mediaType: 'SSD',
    mediaSource: 'user',
    classification: '',
    level: 'purge',
    method: 'cryptographic erase',
    tool: 'eraser',
    toolVersion: '1',
    verificationMethod: 'full',
    destination: 'resale',
    sanitizedBy: who,
    verifiedBy: who,
    status: 'issued',
    standard: 'NIST SP 800-88',
    outcome: 'erased',
    date: '2026-01-02',
    ...overrides,
  };
}
