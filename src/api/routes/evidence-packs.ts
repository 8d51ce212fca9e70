/** Packs of evidence: exported here, verified anywhere. */
import { z } from 'zod';
import { packEntries } from '../../ledger/pack/build.ts';
import type { PackKind } from '../../ledger/pack/manifest.ts';
import { drawReport } from '../../ledger/pack/report/draw.ts';
import { zipStream } from '../../ledger/pack/zip-write.ts';
import { LedgerInconsistent } from '../../store/checkpoints.ts';
import { readPackContent } from '../../store/evidence/pack-content.ts';
import type { PackRequest } from '../../store/evidence/pack-content.ts';
import { SequencerBusy } from '../../store/sequencer.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { downloadRoute } from '../route.ts';
import type { Download, Route } from '../route.ts';
import { Id } from '../shapes/common.ts';

const Query = z.strictObject({
  since: z
    .string()
    .regex(/^[0-9]{1,15}$/u, 'a number of facts')
    .transform(Number)
    .optional()
    .meta({
      description: 'Size of a checkpoint that you keep: the pack then proves that the ledger grew out of it.',
    }),
});

function packRoute(kind: PackKind, path: `/${string}`, what: string): Route {
  return downloadRoute({
    method: 'get',
    path: `/evidence${path}/:id`,
    action: 'evidence.export',
    summary: `A pack of evidence of ${what}, as a zip archive: everything up to a checkpoint that is signed for it`,
    params: z.strictObject({ id: Id(kind) }),
    query: Query,
    contentType: 'application/zip',
    problems: ['not-found', 'ledger-inconsistent', 'no-signing-keys'],
    handle: (deps, { params, query, now }) =>
      exported(deps, { subject: { kind, id: params.id }, since: query.since ?? null, now }),
  });
}

async function exported({ db, evidence }: ApiDeps, request: Omit<PackRequest, 'signing'>): Promise<Download> {
  if (evidence === null) throw new Problem('no-signing-keys');
  const content = await readPackContent(db, { ...request, signing: evidence.checkpoints }).catch(notSigned);
  if (content === null) throw new Problem('not-found');
  const entries = packEntries({ ...content, report: drawReport }, evidence.packs);
  return { name: `${request.subject.id}.zip`, content: zipStream(entries) };
}

function notSigned(error: unknown): never {
  if (error instanceof SequencerBusy) throw new Problem('unavailable');
  if (error instanceof LedgerInconsistent)
    throw new Problem(error.code === 'no-key' ? 'no-signing-keys' : 'ledger-inconsistent');
  throw error;
}

export const EVIDENCE_PACK_ROUTES = [
  packRoute('case', '/cases', 'a case, its devices and their pickups'),
  packRoute('device', '/devices', 'a device’s whole life'),
  packRoute('pickup', '/pickups', 'a pickup and the devices on its manifest'),
];
