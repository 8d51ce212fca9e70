/** What every carrier adapter must do, whatever the vendor. A new adapter brings a harness and calls `describeCarrier`. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Receiver } from '../../../sandbox/core/testing.ts';
import type { Carrier, PostalAddress, TrackerStatus } from '../../../src/adapters/carrier/port.ts';
import type { HookReader, HookVerifier } from '../../../src/adapters/webhook.ts';
import { hookRequest, until } from '../support/hooks.ts';
import type { VendorSandbox } from '../support/sandbox.ts';

type Match = { readonly method: string; readonly path: string };

export interface CarrierHarness {
  readonly sandbox: VendorSandbox;
  /** A time limit of about a second, a rate that never waits. */
  readonly carrier: Carrier;
  readonly unreachable: Carrier;
  /** Which requests draft a shipment, read one, buy its label, read a tracker. */
  readonly requests: {
    readonly draft: Match;
    readonly read: Match;
    readonly buy: Match;
    readonly track: Match;
    readonly refund: Match;
  };
  /** Effect that a bought label counts as, and one whose money is asked back. */
  readonly boughtEffect: string;
  readonly refundedEffect: string;
  /** What those effects name, of a draft. */
  target(shipmentId: string): string;
  /** A draft's id of the right shape that this vendor never gave. */
  readonly missingShipment: string;
  /** How the vendor refuses a draft, quoting the address; its code, where it has codes. */
  readonly refusal: { readonly body: unknown; readonly vendorCode: string | undefined };
  /** Gets what the simulator's webhooks send. */
  readonly receiver: Receiver;
  readonly hooks: {
    readonly verifier: HookVerifier;
    readonly verifierOfAnotherSecret: HookVerifier;
    readonly reader: HookReader;
    /** Whether deliveries carry an id of the vendor's; else the digest of their bytes serves. */
    readonly numbered: boolean;
    /** The vendor's own word of a status, as its webhooks spell it. */
    word(status: 'in_transit' | 'delivered'): string;
    /** Bodies that make no sense to this vendor in particular. */
    readonly senseless: readonly string[];
  };
  /** The carrier scans the package. */
  scan(trackingCode: string, status: TrackerStatus, at: string): Promise<void>;
}

const leaver: PostalAddress = {
  name: 'Ada Leaver',
  street1: '9 Home Lane',
  city: 'Reno',
  state: 'NV',
  zip: '89501',
  country: 'US',
  phone: '7755550100',
};
const depot: PostalAddress = {
  name: 'Returns',
  street1: '1 Depot Way',
  city: 'Austin',
  state: 'TX',
  zip: '73301',
  country: 'US',
};
/** In the order of a journey; each later than the one before. */
const TOLD = [
  'pre_transit',
  'in_transit',
  'out_for_delivery',
  'available_for_pickup',
  'delivered',
  'return_to_sender',
  'failure',
] as const satisfies readonly TrackerStatus[];

const draft = { from: leaver, to: depot, reference: 'ret_01', weightGrams: 2500 };

export function describeCarrier(name: string, makeHarness: () => Promise<CarrierHarness>): void {
  describe(`carrier contract: ${name}`, () => {
    let harness: CarrierHarness;
    let carrier: Carrier;
    let sandbox: VendorSandbox;

    beforeAll(async () => {
      harness = await makeHarness();
      ({ carrier, sandbox } = harness);
    });
    afterAll(async () => {
      await sandbox.stop();
      await harness.receiver.stop();
    });
    beforeEach(async () => {
      await sandbox.reset();
      harness.receiver.received.length = 0;
    });

    const bought = () => sandbox.effects(harness.boughtEffect);

    it('drafts for free, then buys one label that goes from the leaver to the depot', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      expect(await sandbox.effects()).toEqual([]);
      expect(await carrier.readLabel(shipmentId)).toBeNull();
      const label = await carrier.buyLabel(shipmentId);
      expect(label).toMatchObject({
        shipmentId,
        trackingCode: expect.any(String),
        trackerId: expect.any(String),
        labelUrl: expect.stringMatching(/^http/u),
      });
      expect(await bought()).toMatchObject([
        {
          target: harness.target(shipmentId),
          params: { to: '1 Depot Way', isReturn: true, reference: 'ret_01' },
        },
      ]);
      expect(await carrier.readLabel(shipmentId)).toEqual(label);
    });

    it('drafts what we send out ourselves the other way round, and buys it as once', async () => {
      const { shipmentId } = await carrier.draftOutbound({ ...draft, from: draft.to, to: draft.from });
      const label = await carrier.buyLabel(shipmentId);
      expect(await carrier.buyLabel(shipmentId)).toEqual(label);
      expect(await bought()).toMatchObject([
        {
          target: harness.target(shipmentId),
          params: { to: '9 Home Lane', isReturn: false, reference: 'ret_01' },
        },
      ]);
    });

    it('does not buy again what was bought', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      const label = await carrier.buyLabel(shipmentId);
      expect(await carrier.buyLabel(shipmentId)).toEqual(label);
      expect(await bought()).toHaveLength(1);
    });

    it('calls a lost answer to the purchase unknown, and reading the label resolves it: one label bought', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      const hits = await sandbox.fault({ match: harness.requests.buy, fault: { type: 'drop-after-effect' } });
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await hits()).toBe(1);
      expect(await carrier.readLabel(shipmentId)).toMatchObject({ shipmentId });
      expect(await bought()).toHaveLength(1);
    });

    it('calls an answer that does not come in time unknown, and reading the label resolves it', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      await sandbox.fault({ match: harness.requests.buy, fault: { type: 'hold-after-effect' } });
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await carrier.readLabel(shipmentId)).not.toBeNull();
      expect(await bought()).toHaveLength(1);
    });

    it('calls a purchase that never arrived unknown too, and reading the label says that none was bought', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      await sandbox.fault({ match: harness.requests.buy, fault: { type: 'drop-before-effect' }, times: 1 });
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await carrier.readLabel(shipmentId)).toBeNull();
      await carrier.buyLabel(shipmentId);
      expect(await bought()).toHaveLength(1);
    });

    it.each([500, 503, 504])(
      'calls the outcome of a purchase answered with %i unknown, and sends it once',
      async (status) => {
        const { shipmentId } = await carrier.draftReturn(draft);
        const hits = await sandbox.fault({ match: harness.requests.buy, fault: { type: 'status', status } });
        await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'outcome-unknown', status });
        expect(await hits()).toBe(1);
      },
    );

    it('calls a throttled purchase retryable: nothing was bought', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      const hits = await sandbox.fault({ match: harness.requests.buy, fault: { type: 'rate-limit' } });
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'retryable', status: 429 });
      expect(await hits()).toBe(1);
      expect(await bought()).toEqual([]);
    });

    it('buys nothing when the shipment cannot be read before', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      await sandbox.fault({ match: harness.requests.read, fault: { type: 'status', status: 503 } });
      await expect(carrier.buyLabel(shipmentId)).rejects.toMatchObject({ code: 'retryable' });
      expect(await bought()).toEqual([]);
    });

    it('says not-found for a shipment that is not there', async () => {
      await expect(carrier.readLabel(harness.missingShipment)).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it.each([
      [429, 'retryable'],
      [500, 'retryable'],
      [401, 'refused'],
      [403, 'refused'],
    ])('maps %i on a read to %s', async (status, code) => {
      const { shipmentId } = await carrier.draftReturn(draft);
      await sandbox.fault({
        match: harness.requests.read,
        fault: { type: 'status', status, headers: { 'retry-after': '9' } },
      });
      await expect(carrier.readLabel(shipmentId)).rejects.toMatchObject({ code, status, retryAfterMs: 9000 });
    });

    it('is not misled by an error without the usual body, nor by an answer it does not know', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      const { read } = harness.requests;
      await sandbox.fault({
        match: read,
        fault: { type: 'status', status: 502, body: '<html>Bad gateway</html>' },
        times: 1,
      });
      await expect(carrier.readLabel(shipmentId)).rejects.toMatchObject({ code: 'retryable', status: 502 });
      await sandbox.fault({
        match: read,
        fault: { type: 'status', status: 502, body: { oops: 1 } },
        times: 1,
      });
      await expect(carrier.readLabel(shipmentId)).rejects.toMatchObject({ code: 'retryable', status: 502 });
      await sandbox.fault({ match: read, fault: { type: 'status', status: 200, body: { id: 7 } }, times: 1 });
      await expect(carrier.readLabel(shipmentId)).rejects.toMatchObject({ code: 'unexpected-answer' });
    });

    it('stops when the caller stops, before and during a request', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      await expect(carrier.buyLabel(shipmentId, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'retryable',
      });
      await sandbox.fault({ match: harness.requests.read, fault: { type: 'latency', ms: 900 }, times: 1 });
      const soon = new AbortController();
      setTimeout(() => soon.abort(), 20);
      await expect(carrier.readLabel(shipmentId, { signal: soon.signal })).rejects.toMatchObject({
        code: 'retryable',
      });
    });

    it('calls a write retryable when nobody listens', async () => {
      await expect(harness.unreachable.draftReturn(draft)).rejects.toMatchObject({ code: 'retryable' });
    });

    it('names no address, name or credential in its errors', async () => {
      const { body, vendorCode } = harness.refusal;
      await sandbox.fault({
        match: harness.requests.draft,
        fault: { type: 'status', status: 422, body },
      });
      const error = await carrier.draftReturn(draft).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'refused', vendorCode });
      const everything = inspect(error, { depth: 6, showHidden: true });
      expect(everything).not.toMatch(/Ada Leaver|home lane|775555/iu);
    });

    it("reads a tracker live, in the vendor's own time; null for a code nobody knows", async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      expect(await carrier.readTracker({ trackingCode: '9400000000000000000000', shipmentId })).toBeNull();
      const { trackingCode } = await carrier.buyLabel(shipmentId);
      const parcel = { trackingCode, shipmentId };
      expect(await carrier.readTracker(parcel)).toMatchObject({ status: 'unknown' });
      await harness.scan(trackingCode, 'delivered', '2026-03-02T10:00:00.000Z');
      // Reported late: history, not news.
      await harness.scan(trackingCode, 'in_transit', '2026-03-01T10:00:00.000Z');
      expect(await carrier.readTracker(parcel)).toEqual({
        status: 'delivered',
        occurredAt: '2026-03-02T10:00:00.000Z',
      });
    });

    it('finds nothing, and does no harm, where the draft of a parcel was not kept', async () => {
      const word = await carrier.readTracker({ trackingCode: '9400000000000000000000', shipmentId: null });
      expect(word).toBeNull();
    });

    it('tells every status of ours that the carrier can tell', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      const { trackingCode } = await carrier.buyLabel(shipmentId);
      for (const [day, status] of TOLD.entries()) {
        const at = `2026-03-0${day + 1}T10:00:00.000Z`;
        await harness.scan(trackingCode, status, at);
        expect(await carrier.readTracker({ trackingCode, shipmentId })).toEqual({ status, occurredAt: at });
      }
    });

    it('asks the money of an unused label back once, also when asked again', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      const label = await carrier.buyLabel(shipmentId);
      expect(await carrier.refundLabel(shipmentId)).toBe('asked');
      expect(await carrier.refundLabel(shipmentId)).toBe('asked');
      expect(await sandbox.effects(harness.refundedEffect)).toMatchObject([
        { target: harness.target(shipmentId) },
      ]);
      // It was bought all the same: nobody buys it a second time.
      expect(await carrier.readLabel(shipmentId)).toEqual(label);
      expect(await carrier.buyLabel(shipmentId)).toEqual(label);
      expect(await bought()).toHaveLength(1);
    });

    it('asks the money back once, also after a lost answer', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      await carrier.buyLabel(shipmentId);
      await sandbox.fault({
        match: harness.requests.refund,
        fault: { type: 'drop-after-effect' },
        times: 1,
      });
      await expect(carrier.refundLabel(shipmentId)).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await carrier.refundLabel(shipmentId)).toBe('asked');
      expect(await sandbox.effects(harness.refundedEffect)).toHaveLength(1);
    });

    it('asks the money back once, also when several ask at the same moment', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      await carrier.buyLabel(shipmentId);
      const answers = await Promise.all([1, 2, 3].map(() => carrier.refundLabel(shipmentId)));
      expect(answers).toEqual(['asked', 'asked', 'asked']);
      expect(await sandbox.effects(harness.refundedEffect)).toHaveLength(1);
    });

    it('gets no money back for a label that was used, or that nobody bought', async () => {
      const { shipmentId } = await carrier.draftReturn(draft);
      expect(await carrier.refundLabel(shipmentId)).toBe('refused');
      const { trackingCode } = await carrier.buyLabel(shipmentId);
      await harness.scan(trackingCode, 'in_transit', '2026-03-01T10:00:00.000Z');
      expect(await carrier.refundLabel(shipmentId)).toBe('refused');
      expect(await sandbox.effects(harness.refundedEffect)).toEqual([]);
    });

    it('tells that nothing is missing when the key is good', async () => {
      expect(await carrier.probe()).toEqual({ missing: [] });
    });

    describe('webhooks', () => {
      async function delivered() {
        const { shipmentId } = await carrier.draftReturn(draft);
        const { trackingCode, trackerId } = await carrier.buyLabel(shipmentId);
        await harness.scan(trackingCode, 'in_transit', '2026-03-01T10:00:00.000Z');
        const word = harness.hooks.word('in_transit');
        const received = await until(() =>
          harness.receiver.received.find(({ body }) => body.includes(`"${word}"`)),
        );
        return { received, trackingCode, trackerId };
      }
      const now = new Date();

      it('believes what the vendor signed, and reads the tracker out of it', async () => {
        const { received, trackingCode, trackerId } = await delivered();
        const request = hookRequest(received);
        const verdict = harness.hooks.verifier(request, now);
        expect(verdict).toMatchObject({ kind: 'accept', status: 200 });
        expect(verdict.kind === 'accept' && verdict.deliveryId !== null).toBe(harness.hooks.numbered);
        expect(harness.hooks.reader(request.body, 'evt')).toEqual({
          kind: 'tracker',
          trackingCode,
          trackerId,
          status: 'in_transit',
          occurredAt: '2026-03-01T10:00:00.000Z',
        });
      });

      it('believes nothing that was altered, unsigned, signed with another secret or sent otherwise', async () => {
        const { received } = await delivered();
        const request = hookRequest(received);
        const { verifier, verifierOfAnotherSecret, word } = harness.hooks;
        const altered = Buffer.from(
          request.body.toString('utf8').replaceAll(word('in_transit'), word('delivered')),
        );
        expect(altered.equals(request.body)).toBe(false);
        expect(verifier({ ...request, body: altered }, now)).toEqual({ kind: 'unauthenticated' });
        expect(verifier({ ...request, headers: {} }, now)).toEqual({ kind: 'unauthenticated' });
        expect(verifier({ ...request, method: 'GET' }, now)).toEqual({ kind: 'unauthenticated' });
        expect(verifierOfAnotherSecret(request, now)).toEqual({ kind: 'unauthenticated' });
      });

      it('never throws for a body that makes no sense', () => {
        for (const body of [
          '',
          'null',
          '[]',
          '{"id":1}',
          '{"description":"tracker.updated"}',
          '\u0000',
          ...harness.hooks.senseless,
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
