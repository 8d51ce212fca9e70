/** What a pack of a thousand facts takes to export and to verify, beside a program that makes and checks the same files plainly. */
import { pickupStream } from '../../src/domain/fact.ts';
import { newPrivateKey, signerOf } from '../../src/ledger/keys.ts';
import { packEntries } from '../../src/ledger/pack/build.ts';
import { drawReport } from '../../src/ledger/pack/report/draw.ts';
import { NOTHING_GIVEN } from '../../src/ledger/pack/verify/given.ts';
import { verifyPack } from '../../src/ledger/pack/verify/verify-pack.ts';
import { readZip } from '../../src/ledger/pack/zip-read.ts';
import { zipBytes } from '../../src/ledger/pack/zip-write.ts';
import { noteVerifier } from '../../src/ledger/signed-note.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { keepDocument } from '../../src/store/documents.ts';
import { readPackContent } from '../../src/store/evidence/pack-content.ts';
import { appendNew } from '../../src/store/facts-of-many.ts';
import { certifiedFact } from '../../src/store/handoff-facts.ts';
import { migrateToLatest } from '../../src/store/migrate.ts';
import { sequencePending } from '../../src/store/sequencer.ts';
import { inTransaction } from '../../src/store/transactions.ts';
import type { Servers } from '../harness/servers.ts';
import { seedHandedOver, seededDevice, seededPickup } from '../imports/seed.ts';
import { median } from '../report/statistics.ts';
import { exportPlainly, verifyPlainly } from './straightforward.ts';

/** Facts of one device in the pack. */
const PER_DEVICE = 12;
const WARM_UP = 2;

export interface PackResult {
  readonly facts: number;
  readonly MiB: number;
  /** All seconds are medians, the archive packed and unpacked included. */
  readonly exportSeconds: number;
  /** Of these, drawing `report.pdf`. */
  readonly reportSeconds: number;
  readonly verifySeconds: number;
  readonly straightforward: { readonly exportSeconds: number; readonly verifySeconds: number };
  readonly verdict: string;
}

export async function measurePacks(
  { facts, times }: { readonly facts: number; readonly times: number },
  servers: Pick<Servers, 'createDatabase'>,
  say: (line: string) => void,
): Promise<PackResult> {
  const url = await servers.createDatabase('packs');
  await migrateToLatest(url);
  const db = openDatabase(url, { connections: 4 });
  try {
    await seed(db, Math.max(1, Math.round(facts / PER_DEVICE)));
    const result = await measure(db, times);
    say(`packs: exported in ${ms(result.exportSeconds)}, verified in ${ms(result.verifySeconds)}`);
    return result;
  } finally {
    await db.destroy();
  }
}

/** One pickup, every device of it certified by one document. */
async function seed(db: Database, devices: number): Promise<void> {
  await seedHandedOver(db, devices);
  await inTransaction(db, async (tx) => {
    const now = new Date();
    const documentDigest = await keepDocument(tx, Buffer.from('certificates'), 'text/csv');
    const certified = Array.from({ length: devices }, (_one, index) =>
      certifiedFact(
        {
          deviceId: seededDevice(index),
          epoch: 1,
          pickupId: seededPickup(0),
          actor: 'bench',
          documentDigest,
        },
        {
          certificateId: `CERT-${index}`,
          level: 'purge',
          method: 'NVMe sanitize',
          outcome: 'erased',
          status: 'issued',
          date: '2026-01-02',
        },
        [],
      ),
    );
    await appendNew(tx, certified, now);
  });
  await sequencePending(db);
}

async function measure(db: Database, times: number): Promise<PackResult> {
  const packs = signerOf('packs', newPrivateKey('packs'));
  const checkpoints = signerOf('checkpoints', newPrivateKey('checkpoints'));
  const signing = { origin: 'bench.example/ledger', signers: [checkpoints] };
  const subject = { kind: 'pickup', id: seededPickup(0) } as const;
  const given = {
    ...NOTHING_GIVEN,
    packKeys: [packs.publicKey.key],
    ledgerKeys: [noteVerifier(signing.origin, checkpoints.publicKey.key)],
  };
  const took = { export: [0], report: [0], verify: [0], plainExport: [0], plainVerify: [0] };
  let [facts, bytes, verdict] = [0, 0, ''];
  for (let round = -WARM_UP; round < times; round += 1) {
    const clock = stopwatch();
    const content = await readPackContent(db, { subject, signing, since: null, now: new Date() });
    if (content === null) throw new Error('there is no such pickup');
    let reportSeconds = 0;
    const report: typeof drawReport = async (contents) => {
      const drawing = stopwatch();
      const drawn = await drawReport(contents);
      reportSeconds = drawing();
      return drawn;
    };
    const archive = await zipBytes(packEntries({ ...content, report }, packs));
    const exported = clock();
    const verified = verifyPack(await readZip(archive), given);
    const checked = clock() - exported;
    const plain = stopwatch();
    const plainArchive = await exportPlainly(db, pickupStream(subject.id), packs);
    const plainExported = plain();
    await verifyPlainly(plainArchive, packs.publicKey.key);
    const plainChecked = plain() - plainExported;
    [facts, bytes, verdict] = [content.events.length, archive.length, verified.verdict];
    if (round < 0) continue;
    took.export[round] = exported;
    took.report[round] = reportSeconds;
    took.verify[round] = checked;
    took.plainExport[round] = plainExported;
    took.plainVerify[round] = plainChecked;
  }
  return {
    facts,
    MiB: bytes / 1_048_576,
    exportSeconds: median(took.export),
    reportSeconds: median(took.report),
    verifySeconds: median(took.verify),
    straightforward: {
      exportSeconds: median(took.plainExport),
      verifySeconds: median(took.plainVerify),
    },
    verdict,
  };
}

/** @returns Seconds since it was made. */
function stopwatch(): () => number {
  const begun = performance.now();
  return () => (performance.now() - begun) / 1_000;
}

function ms(seconds: number): string {
  return `${(seconds * 1_000).toFixed(0)} ms`;
}
