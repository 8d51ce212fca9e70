/** How much a pack may hold when it is read: beyond that it is refused before it is unpacked. */
import { PackError } from './pack-error.ts';

export interface Limits {
  readonly files: number;
  /** Unpacked, all files together. */
  readonly bytes: number;
}

export const LIMITS: Limits = { files: 250_000, bytes: 1024 * 1024 * 1024 };

/** Counts what is read. @throws PackError `archive` once it is too much. */
export class Budget {
  private readonly left: { files: number; bytes: number };

  constructor(limits: Limits) {
    this.left = { ...limits };
  }

  spend(bytes: number): void {
    this.left.files -= 1;
    this.left.bytes -= bytes;
    if (this.left.files < 0) throw new PackError('archive', 'the pack holds more files than a pack may');
    if (this.left.bytes < 0) throw new PackError('archive', 'the pack unpacks to more bytes than a pack may');
  }
}
