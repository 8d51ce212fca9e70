/** The version of this program. */
import { readFileSync } from 'node:fs';
import { CliError } from './errors.ts';

/** @throws CliError when the package says none. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const found: unknown = JSON.parse(text);
  if (typeof found === 'object' && found !== null && 'version' in found) return String(found.version);
  throw new CliError('package.json has no version');
}
