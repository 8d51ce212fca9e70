/** One thing done to a pack that makes it another. */
import type { PackFiles } from '../../../src/ledger/pack/layout.ts';
import type { Choices } from './random.ts';

export const MUTATIONS = ['flip', 'insert', 'remove', 'truncate', 'empty', 'drop', 'swap', 'add'] as const;
export type MutationKind = (typeof MUTATIONS)[number];

export interface Mutated {
  readonly files: Map<string, Uint8Array>;
  /** The files that are not as they were. */
  readonly touched: readonly string[];
}

/** @param eligible Names of files that may be touched. */
export function mutate(
  pack: PackFiles,
  kind: MutationKind,
  choices: Choices,
  eligible: readonly string[],
): Mutated {
  const files = new Map(pack);
  const name = choices.of(eligible);
  const bytes = Buffer.from(files.get(name) ?? []);
  const at = choices.below(Math.max(1, bytes.length));
  switch (kind) {
    case 'flip': {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << choices.below(8));
      files.set(name, flipped);
      return { files, touched: [name] };
    }
    case 'insert':
      files.set(
        name,
        Buffer.concat([bytes.subarray(0, at), Buffer.of(choices.below(256)), bytes.subarray(at)]),
      );
      return { files, touched: [name] };
    case 'remove':
      files.set(name, Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]));
      return { files, touched: [name] };
    case 'truncate':
      files.set(name, bytes.subarray(0, at));
      return { files, touched: [name] };
    case 'empty':
      files.set(name, Buffer.alloc(0));
      return { files, touched: [name] };
    case 'drop':
      files.delete(name);
      return { files, touched: [name] };
    case 'swap': {
      const other = choices.of(eligible.filter((one) => !bytes.equals(files.get(one) ?? Buffer.alloc(0))));
      files.set(name, files.get(other) ?? Buffer.alloc(0));
      files.set(other, bytes);
      return { files, touched: [name, other] };
    }
    case 'add': {
      const folder = name.includes('/') ? name.slice(0, name.indexOf('/') + 1) : '';
      const added = `${folder}${choices.below(100_000) + 1_000}${name.slice(name.lastIndexOf('.'))}`;
      files.set(added, bytes);
      return { files, touched: [added] };
    }
  }
}
