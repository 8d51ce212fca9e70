/** Reads of many proofs at once in one statement: each asks for its own nodes, most of which are the same. */
import type { NodeId } from '../../ledger/merkle.ts';
import type { NodeReader } from '../../ledger/proofs.ts';

interface Asked {
  readonly ids: readonly NodeId[];
  readonly give: (hashes: readonly Uint8Array[]) => void;
  readonly fail: (error: unknown) => void;
}

/** What is asked for before the first answer is waited for is read together, each node once. */
export function batched(read: NodeReader): NodeReader {
  let waiting: Asked[] = [];
  return async (ids) =>
    new Promise((give, fail) => {
      waiting.push({ ids, give, fail });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const all = waiting;
        waiting = [];
        void answer(all, read);
      });
    });
}

async function answer(all: readonly Asked[], read: NodeReader): Promise<void> {
  try {
    const wanted = new Map(all.flatMap(({ ids }) => ids.map((id) => [nameOf(id), id] as const)));
    const hashes = await read([...wanted.values()]);
    const found = new Map([...wanted.keys()].map((name, place) => [name, hashes[place]]));
    for (const { ids, give } of all) give(ids.map((id) => mustHave(found.get(nameOf(id)), id)));
  } catch (error) {
    for (const { fail } of all) fail(error);
  }
}

function nameOf({ level, index }: NodeId): string {
  return `${level}:${index}`;
}

function mustHave(hash: Uint8Array | undefined, id: NodeId): Uint8Array {
  if (hash === undefined) throw new RangeError(`no node ${nameOf(id)}`);
  return hash;
}
