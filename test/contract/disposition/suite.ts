/** What every disposal vendor's adapter must do. A new adapter brings a harness and calls `describeDispositionVendor`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Receiver } from '../../../sandbox/core/testing.ts';
import type { DispositionVendor } from '../../../src/adapters/disposition/port.ts';
import type { HookReader, HookVerifier } from '../../../src/adapters/webhook.ts';
import type { ManifestLine } from '../../../src/domain/disposition.ts';
import { hookRequest, until } from '../support/hooks.ts';
import type { VendorSandbox } from '../support/sandbox.ts';

type Match = { readonly method: string; readonly path: string };

export interface DispositionHarness {
  readonly sandbox: VendorSandbox;
  /** A time limit of about a second, a rate that never waits. */
  readonly vendor: DispositionVendor;
  readonly unreachable: DispositionVendor;
  readonly requests: {
    readonly book: Match;
    readonly manifest: Match;
    readonly receipt: Match;
    readonly dispositions: Match;
  };
  readonly effects: { readonly booked: string; readonly manifest: string };
  readonly receiver: Receiver;
  readonly hooks: {
    readonly verifier: HookVerifier;
    readonly verifierOfAnotherSecret: HookVerifier;
    readonly reader: HookReader;
  };
  /** What the vendor's people do, as the simulator's control takes it. */
  work(step: 'collect' | 'receive' | 'certify' | 'dispose', pickupId: string, how?: object): Promise<void>;
  /** Content type of the lists that the vendor hands back. */
  readonly contentType: RegExp;
}

const pickupId = 'pu_01h/x y';
export const booking = {
  pickupId,
  site: 'Berlin',
  windowFrom: '2026-03-02T08:00:00.000Z',
  windowTo: '2026-03-02T12:00:00.000Z',
};

function line(number: number, serial: string, model = 'T14'): ManifestLine {
  return {
    pickupId,
    line: number,
    serial,
    manufacturer: 'Lenovo',
    model,
    assetTag: `00${number}`,
    dataBearing: number !== 2,
    condition: 'used',
  };
}

/** A serial of digits with leading zeros, one without data, and texts that CSV must quote. */
export const manifest = [
  line(1, '0012345'),
  line(2, 'PLAIN02', '14;2'),
  line(3, '7E10', 'He said "14;2, wide"\u00e9'),
];

export function describeDispositionVendor(
  name: string,
  makeHarness: () => Promise<DispositionHarness>,
): void {
  describe(`disposition vendor contract: ${name}`, () => {
    let harness: DispositionHarness;
    let vendor: DispositionVendor;
    let sandbox: VendorSandbox;

    beforeAll(async () => {
      harness = await makeHarness();
      ({ vendor, sandbox } = harness);
    });
    afterAll(async () => {
      await sandbox.stop();
      await harness.receiver.stop();
    });
    beforeEach(async () => {
      await sandbox.reset();
      harness.receiver.received.length = 0;
    });

    async function collected(): Promise<void> {
      await vendor.bookPickup(booking);
      await vendor.sendManifest(pickupId, manifest);
      await harness.work('collect', pickupId, { at: '2026-03-02T10:00:00+01:00' });
    }

    describe('booking and manifest', () => {
      it('books once, however often it is asked', async () => {
        const first = await vendor.bookPickup(booking);
        expect(first.reference).toMatch(/./u);
        expect(await vendor.bookPickup(booking)).toEqual(first);
        expect(await sandbox.effects(harness.effects.booked)).toHaveLength(1);
      });

      it('says conflict when the same pickup is booked otherwise', async () => {
        await vendor.bookPickup(booking);
        await expect(vendor.bookPickup({ ...booking, site: 'Paris' })).rejects.toMatchObject({
          code: 'conflict',
        });
      });

      it('sends the manifest as it is: zeros, quotes, truth values', async () => {
        await vendor.bookPickup(booking);
        await vendor.sendManifest(pickupId, manifest);
        const { pickups } = (await sandbox.look('/pickups')) as {
          pickups: { manifest: { lines: unknown } }[];
        };
        expect(pickups[0]?.manifest.lines).toEqual(manifest);
      });

      it('replaces the manifest, and sending the same again changes nothing', async () => {
        await vendor.bookPickup(booking);
        await vendor.sendManifest(pickupId, manifest);
        await vendor.sendManifest(pickupId, manifest);
        expect(await sandbox.effects(harness.effects.manifest)).toHaveLength(1);
        await vendor.sendManifest(pickupId, manifest.slice(0, 2));
        expect(await sandbox.effects(harness.effects.manifest)).toHaveLength(2);
      });

      it('says conflict once the truck has gone', async () => {
        await collected();
        await expect(vendor.sendManifest(pickupId, manifest.slice(0, 1))).rejects.toMatchObject({
          code: 'conflict',
        });
      });

      it('calls a lost answer to a write unknown, sends nothing twice, and the repeat has one effect', async () => {
        for (const [match, call] of [
          [harness.requests.book, () => vendor.bookPickup(booking)],
          [harness.requests.manifest, () => vendor.sendManifest(pickupId, manifest)],
        ] as const) {
          const hits = await sandbox.fault({ match, fault: { type: 'drop-after-effect' }, times: 1 });
          await expect(call()).rejects.toMatchObject({ code: 'outcome-unknown' });
          expect(await hits()).toBe(1);
          await call();
        }
        expect(await sandbox.effects()).toHaveLength(2);
      });

      it.each([
        [503, 'outcome-unknown'],
        [429, 'retryable'],
        [400, 'refused'],
      ])("maps %i on a write to %s, with the vendor's delay", async (status, code) => {
        const hits = await sandbox.fault({
          match: harness.requests.book,
          fault: { type: 'status', status, headers: { 'retry-after': '8' } },
        });
        await expect(vendor.bookPickup(booking)).rejects.toMatchObject({ code, status, retryAfterMs: 8000 });
        expect(await hits()).toBe(1);
      });

      it('calls a write retryable when nobody listens', async () => {
        await expect(harness.unreachable.bookPickup(booking)).rejects.toMatchObject({ code: 'retryable' });
      });
    });

    describe('what comes back', () => {
      it('says none yet for what does not exist yet, and not-found for a pickup that the vendor does not know', async () => {
        await vendor.bookPickup(booking);
        expect(await vendor.readVendorScan(pickupId)).toBeNull();
        expect(await vendor.readReceipt(pickupId)).toBeNull();
        expect(await vendor.readCertificates(pickupId)).toBeNull();
        expect(await vendor.readDispositions(pickupId)).toBeNull();
        await expect(vendor.readReceipt('pu_other')).rejects.toMatchObject({ code: 'not-found' });
      });

      it("reads the driver's scan, serial by serial, times in UTC", async () => {
        await collected();
        const scan = await vendor.readVendorScan(pickupId);
        expect(scan?.lines).toEqual(
          manifest.map(({ serial, model }) => ({
            pickupId,
            serial,
            model,
            scannedAt: '2026-03-02T09:00:00.000Z',
          })),
        );
      });

      it('reads the receipt', async () => {
        await collected();
        await harness.work('receive', pickupId, { at: '2026-03-03T09:00:00Z', missing: ['PLAIN02'] });
        expect((await vendor.readReceipt(pickupId))?.lines).toEqual(
          [manifest[0], manifest[2]].map((unit) => ({
            pickupId,
            serial: unit?.serial,
            manufacturer: 'Lenovo',
            model: unit?.model,
            receivedAt: '2026-03-03T09:00:00.000Z',
            facility: expect.any(String),
            condition: expect.any(String),
          })),
        );
      });

      it('reads live: what was booked in since is in the next answer', async () => {
        await collected();
        await harness.work('receive', pickupId, { serials: ['0012345'] });
        expect((await vendor.readReceipt(pickupId))?.lines).toHaveLength(1);
        await harness.work('receive', pickupId);
        expect((await vendor.readReceipt(pickupId))?.lines).toHaveLength(3);
      });

      it('reads certificates, one per serial, with who did it and who verified', async () => {
        await collected();
        await harness.work('receive', pickupId);
        await harness.work('certify', pickupId);
        const certificates = await vendor.readCertificates(pickupId);
        expect(certificates?.lines.map(({ serial }) => serial)).toEqual(manifest.map(({ serial }) => serial));
        expect(certificates?.lines[0]).toMatchObject({
          pickupId,
          serial: '0012345',
          assetTag: '001',
          level: 'purge',
          outcome: 'erased',
          status: 'issued',
          sanitizedBy: { name: expect.stringMatching(/./u), title: expect.stringMatching(/./u) },
          verifiedBy: { name: expect.stringMatching(/./u) },
        });
      });

      it('tells a shredded unit from one that failed', async () => {
        await collected();
        await harness.work('receive', pickupId);
        await harness.work('certify', pickupId, { serials: ['0012345'], level: 'destroy' });
        await harness.work('certify', pickupId, {
          serials: ['PLAIN02'],
          outcome: 'not-erased',
          status: 'draft',
        });
        expect((await vendor.readCertificates(pickupId))?.lines).toMatchObject([
          { level: 'destroy', outcome: 'erased' },
          { outcome: 'not-erased', status: 'draft' },
        ]);
      });

      it('reads what became of each unit, live: the latest word about it', async () => {
        await collected();
        await harness.work('receive', pickupId);
        await harness.work('certify', pickupId);
        const [first, second, third] = manifest.map(({ serial }) => serial);
        await harness.work('dispose', pickupId, { serials: [first], downstream: 'unknown' });
        await harness.work('dispose', pickupId, {
          serials: [second],
          outcome: 'not-processed',
          downstream: 'unknown',
        });
        await harness.work('dispose', pickupId, {
          serials: [first],
          downstream: 'exported',
          at: '2026-03-20T09:30:00+01:00',
        });
        await harness.work('dispose', pickupId, {
          serials: [third],
          outcome: 'destroyed',
          downstream: 'recycled',
        });
        const report = await vendor.readDispositions(pickupId);
        expect(report?.contentType).toMatch(harness.contentType);
        expect(report?.lines).toEqual([
          expect.objectContaining({ serial: second, outcome: 'not-processed', downstream: 'unknown' }),
          {
            pickupId,
            serial: first,
            manufacturer: 'Lenovo',
            model: manifest[0]?.model,
            assetTag: '001',
            processedAt: '2026-03-20T08:30:00.000Z',
            outcome: 'sanitised',
            downstream: 'exported',
          },
          expect.objectContaining({ serial: third, outcome: 'destroyed', downstream: 'recycled' }),
        ]);
      });

      it.each([404, 405, 501])('takes %i for a vendor that reports nothing of the kind', async (status) => {
        await collected();
        await sandbox.fault({ match: harness.requests.dispositions, fault: { type: 'status', status } });
        expect(await vendor.readDispositions(pickupId)).toBeNull();
      });

      it('says so when the vendor is not there to report', async () => {
        await collected();
        await sandbox.fault({ match: harness.requests.dispositions, fault: { type: 'status', status: 503 } });
        await expect(vendor.readDispositions(pickupId)).rejects.toMatchObject({ code: 'retryable' });
      });

      it('keeps the document to the byte, with what the vendor called it', async () => {
        await collected();
        const scan = await vendor.readVendorScan(pickupId);
        expect(scan?.contentType).toMatch(harness.contentType);
        for (const { serial } of manifest) expect(scan?.document.toString('utf8')).toContain(serial);
      });

      it.each([
        [429, 'retryable'],
        [502, 'retryable'],
        [401, 'refused'],
      ])('maps %i on a read to %s', async (status, code) => {
        await collected();
        await sandbox.fault({ match: harness.requests.receipt, fault: { type: 'status', status } });
        await expect(vendor.readReceipt(pickupId)).rejects.toMatchObject({ code, status });
      });

      it('tells that nothing is missing when the credential is good', async () => {
        expect(await vendor.probe()).toEqual({ missing: [] });
      });
    });

    describe('webhooks', () => {
      const now = (): Date => new Date();

      async function delivered() {
        await collected();
        return until(() => harness.receiver.received[0]);
      }

      it('believes what the vendor signed, under an id that stays the same when it is sent again', async () => {
        const received = await delivered();
        const request = hookRequest(received);
        expect(harness.hooks.verifier(request, now())).toMatchObject({
          kind: 'accept',
          deliveryId: expect.stringMatching(/./u),
        });
        expect(harness.hooks.verifier(request, now())).toEqual(harness.hooks.verifier(request, now()));
        expect(harness.hooks.reader(request.body, 'd')).toEqual({
          kind: 'disposition',
          pickupId,
          what: 'scanned',
        });
      });

      it('tells a receipt, certificates and dispositions apart', async () => {
        await collected();
        await harness.work('receive', pickupId);
        await harness.work('certify', pickupId);
        await harness.work('dispose', pickupId);
        await until(() => (harness.receiver.received.length >= 4 ? true : undefined));
        const what = harness.receiver.received.map(({ body }) =>
          harness.hooks.reader(Buffer.from(body), 'd'),
        );
        expect(what).toEqual(
          expect.arrayContaining(
            ['scanned', 'receipt', 'certificates', 'dispositions'].map((each) => ({
              kind: 'disposition',
              pickupId,
              what: each,
            })),
          ),
        );
      });

      it('believes nothing altered, unsigned, old, early, sent otherwise or signed with another secret', async () => {
        const request = hookRequest(await delivered());
        const { verifier, verifierOfAnotherSecret } = harness.hooks;
        const no = { kind: 'unauthenticated' };
        expect(
          verifier({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }, now()),
        ).toEqual(no);
        expect(verifier({ ...request, headers: {} }, now())).toEqual(no);
        expect(verifier({ ...request, method: 'GET' }, now())).toEqual(no);
        expect(verifier(request, new Date(Date.now() + 6 * 60_000))).toEqual(no);
        expect(verifier(request, new Date(Date.now() - 6 * 60_000))).toEqual(no);
        expect(verifierOfAnotherSecret(request, now())).toEqual(no);
        for (const header of Object.keys(request.headers).filter((each) => each.startsWith('webhook-'))) {
          expect(
            verifier({ ...request, headers: { ...request.headers, [header]: '1' } }, now()),
            header,
          ).toEqual(no);
        }
      });

      it('never throws for a body that makes no sense', () => {
        for (const body of [
          '',
          'null',
          '[]',
          '{"type":1}',
          '{"type":"receipt.available"}',
          '{"type":"receipt.available","data":{"pickupId":7}}',
        ]) {
          expect(harness.hooks.reader(Buffer.from(body), 'd')).toMatchObject({
            kind: 'unparseable',
            why: expect.any(String),
          });
        }
      });
    });
  });
}
