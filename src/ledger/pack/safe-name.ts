/** Names of files inside packs: those that cannot lead out of the directory they are unpacked into, on any platform. */
import { PackError } from './pack-error.ts';

const NAME = /^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/u;
const LONGEST = 200;

/** @throws PackError `archive` for absolute paths, `..`, backslashes, hidden files and whatever no pack of ours holds. */
export function safeName(name: string): string {
  if (name.length <= LONGEST && NAME.test(name)) return name;
  throw new PackError('archive', 'the pack holds a file whose name no pack has; it was not opened');
}
