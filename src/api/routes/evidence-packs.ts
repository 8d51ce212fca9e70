/** Packs of evidence: exported here, verified anywhere. */
import { z } from 'zod';
import { packEntries } from '../../ledger/pack/build.ts';
import { drawReport } from '../../ledger/pack/report/draw.ts';
import { zipStream } from '../../ledger/pack/zip-write.ts';
import { readPackContent } from '../../store/evidence/pack-content.ts';
import type { PackRequest } from '../../store/evidence/pack-content.ts';
import { checkpointSigning, notSigned, stamping } from '../checkpoint-signing.ts';
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

function packRoute(kind: 'case' | 'device' | 'pickup', path: `/${string}`, what: string): Route {
  return downloadRoute({
    method: 'get',
    path: `/evidence${path}/:id`,
    action: 'evidence.export',
    summary: `A pack of evidence of ${what}, as a zip archive: everything up to a checkpoint that is signed for it`,
    params: z.strictObject({ id: Id(kind) }),
    query: Query,
    contentType: 'application/zip',
    problems: ['not-found', 'ledger-inconsistent', 'no-signing-key'],
    handle: (deps, { params, query, now }) =>
      exported(deps, { subject: { kind, id: params.id }, since: query.since ?? null, now }),
  });
}

async function exported(
  deps: ApiDeps,
  request: Omit<PackRequest, 'signing' | 'stamp' | 'documents'>,
): Promise<Download> {
  const [packs] = deps.keys?.packs.signers ?? [];
  if (packs === undefined) throw new Problem('no-signing-key');
  const signing = checkpointSigning(deps);
  const stamp = stamping(deps, request.now);
  const content = await readPackContent(deps.db, {
    ...request,
    signing,
    stamp,
    documents: deps.documents ?? null,
  }).catch(notSigned);
  if (content === null) throw new Problem('not-found');
  const entries = packEntries({ ...content, report: drawReport }, packs);
  return { name: `${request.subject.id}.zip`, content: zipStream(entries) };
}

export const EVIDENCE_PACK_ROUTES = [
  packRoute('case', '/cases', 'a case, its devices and their pickups'),
  packRoute('device', '/devices', 'a device’s whole life'),
  packRoute('pickup', '/pickups', 'a pickup and the devices on its manifest'),
];
