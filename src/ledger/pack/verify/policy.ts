/** Check `policy`: policies are known by their digests, and every one that a fact names is there. */
import type { Policy } from '../../../domain/policy.ts';
import { sha256Hex } from '../../canonical.ts';
import { POLICY, policyPath } from '../layout.ts';
import type { PackFiles } from '../layout.ts';
import type { Manifest } from '../manifest.ts';
import { policyInForce } from '../policies.ts';
import { namedPolicies } from '../related-streams.ts';
import type { Streams } from '../related-streams.ts';
import { NotCanonical, parseCanonical } from '../strict-json.ts';
import { counted, Findings } from './report.ts';
import type { CheckResult } from './report.ts';

export type Policies = ReadonlyMap<string, Policy>;

export function checkPolicy(
  files: PackFiles,
  manifest: Manifest,
  streams: Streams,
  excerpts: Streams,
): { readonly policies: Policies; readonly result: CheckResult } {
  const found = new Findings();
  const policies = new Map<string, Policy>();
  const named = new Set(namedPolicies([...streams.values(), ...excerpts.values()].flat()));
  for (const [path, bytes] of files) {
    if (path !== POLICY && !path.startsWith('policies/')) continue;
    const digest = sha256Hex(bytes);
    const policy = read(path, bytes, found);
    if (path !== POLICY && path !== policyPath(digest))
      found.wrong(`${path} is not the policy of that digest.`);
    else if (path === POLICY && digest !== manifest.policy)
      found.wrong(`${POLICY} is not the policy that the manifest names.`);
    else if (!named.has(digest)) found.wrong(`${path} is a policy that no fact was judged by.`);
    else if (policy !== null) policies.set(digest, policy);
  }
  for (const digest of named)
    if (!policies.has(digest))
      found.wrong(`The policy ${digest.slice(0, 12)}…, by which facts were judged, is missing.`);
  if (manifest.policy !== inForce(manifest, streams))
    found.wrong(`${POLICY} is not the policy that the subject was judged by.`);
  found.looked = counted(policies.size, 'policy', 'policies');
  return { policies, result: found.result('policy') };
}

function read(path: string, bytes: Uint8Array, found: Findings): Policy | null {
  try {
    // Whether it is one, its digest says, which the facts name.
    return parseCanonical(bytes) as Policy;
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    found.wrong(`${path} ${error.message}.`);
    return null;
  }
}

function inForce({ subject }: Manifest, streams: Streams): string | null {
  return policyInForce(subject, streams);
}
