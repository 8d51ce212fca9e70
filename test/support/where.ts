/** Tests that cannot run everywhere: skipped with the reason in their name, which `.ci/run` asks for and prints. */
import { describe } from 'vitest';

/** @param missing What they need and is not here; `null`: it is. */
export function describeWhere(missing: string | null, name: string, body: () => void): void {
  if (missing === null) describe(name, body);
  else describe.skip(`${name} [skipped: ${missing}]`, body);
}
