/** Check `documents`: as received, by the digests that the facts name; none missing without a reason, none added. */
import { sha256Hex } from '../../canonical.ts';
import { documentPath } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { factsWithDocuments, namedDocuments } from '../related-streams.ts';
import type { Streams } from '../related-streams.ts';
import { counted, Findings } from './report.ts';
import type { CheckResult } from './report.ts';

export function checkDocuments(files: PackFiles, manifest: Manifest, streams: Streams): CheckResult {
  const found = new Findings();
  const named = new Set(namedDocuments(factsWithDocuments(streams)));
  const accounted = new Map<string, string | null>();
  for (const { digest, path, contentType } of manifest.documents) {
    if (accounted.has(digest)) found.wrong(`The document ${digest.slice(0, 12)}… is listed twice.`);
    accounted.set(digest, path);
    const bytes = files.get(path);
    if (path !== documentPath(digest, contentType) || bytes === undefined || sha256Hex(bytes) !== digest)
      found.wrong(`${path} is not the document that the facts name by its digest.`);
  }
  for (const { digest } of manifest.absent) {
    if (accounted.has(digest))
      found.wrong(`The document ${digest.slice(0, 12)}… is listed as there and as gone.`);
    accounted.set(digest, null);
  }
  for (const digest of named)
    if (!accounted.has(digest))
      found.wrong(`The document ${digest.slice(0, 12)}…, which a fact names, is missing.`);
  for (const digest of accounted.keys())
    if (!named.has(digest)) found.wrong(`The document ${digest.slice(0, 12)}… is named by no fact.`);
  const paths = new Set(manifest.documents.map(({ path }) => path));
  for (const path of files.keys())
    if (path.startsWith('documents/') && !paths.has(path))
      found.wrong(`${path} is no document of this pack.`);
  const erased = manifest.absent.filter(({ reason }) => reason === 'erased').length;
  const lost = manifest.absent.length - erased;
  const gone = `${lost === 0 ? '' : `, ${lost} not kept`}${erased === 0 ? '' : `, ${erased} erased with the person`}`;
  found.looked = `${counted(manifest.documents.length, 'document')}${gone}`;
  return found.result('documents');
}
