import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** How a Sigstore bundle names a public key: base64 of the SHA-256 of its SubjectPublicKeyInfo, as cosign does. */
export function keyHint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
