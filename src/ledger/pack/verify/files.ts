/** Checks `files`: the manifest is one, and lists exactly what is there. */
import { sha256Hex } from '../../canonical.ts';
import { hasPlace, MANIFEST, OUTSIDE_MANIFEST } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import { parseManifest } from '../manifest.ts';
import type { Manifest } from '../manifest.ts';
import { PERIOD_FILES } from '../period/files.ts';
import { NotCanonical, parseCanonical } from '../strict-json.ts';
import { counted, Findings } from './report.ts';
import type { CheckResult } from './report.ts';

/** @returns `manifest` is `null` when it cannot be read: nothing else can be checked then. */
export function checkFiles(files: PackFiles): { manifest: Manifest | null; result: CheckResult } {
  const found = new Findings();
  const manifest = readManifest(files.get(MANIFEST), found);
  if (manifest === null) return { manifest, result: found.result('files') };
  const entries = Object.entries(manifest.files);
  found.looked = counted(entries.length, 'file');
  for (const [name, { sha256, bytes }] of entries) {
    if (!hasPlace(name)) found.wrong(`${name} is a file that no pack has.`);
    if (PERIOD_FILES.has(name) && manifest.subject.kind !== 'period')
      found.wrong(`${name} is a file that only the pack of a period has.`);
    const content = files.get(name);
    if (content === undefined) found.wrong(`${name} is listed and is not there.`);
    else if (content.length !== bytes || sha256Hex(content) !== sha256)
      found.wrong(`${name} is not the file that the manifest lists: its digest is another.`);
  }
  for (const name of files.keys())
    if (!OUTSIDE_MANIFEST.has(name) && !Object.hasOwn(manifest.files, name))
      found.wrong(`${name} is there and is not listed.`);
  for (const name of OUTSIDE_MANIFEST) {
    if (!files.has(name)) found.wrong(`${name} is missing.`);
  }
  return { manifest, result: found.result('files') };
}

function readManifest(bytes: Uint8Array | undefined, found: Findings): Manifest | null {
  if (bytes === undefined) {
    found.wrong(`There is no ${MANIFEST}: this is no evidence pack.`);
    return null;
  }
  try {
    const manifest = parseManifest(parseCanonical(bytes));
    if (typeof manifest !== 'string') return manifest;
    found.wrong(`${MANIFEST} is not as the format says (${manifest}).`);
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    found.wrong(`${MANIFEST} ${error.message}.`);
  }
  return null;
}
