/**
 * What a straightforward program does for the same: the facts and a path of hashes for each, a list of digests, one signature;
 * and all of that checked. No rules, no report, no streams that are followed, no reading in the one way that is allowed.
 */
import { hash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import type { Signer } from '../../src/ledger/keys.ts';
import type { Database } from '../../src/store/database.ts';

interface Listed {
  readonly root: string;
  readonly files: Readonly<Record<string, string>>;
}

export async function exportPlainly(db: Database, stream: string, signer: Signer): Promise<Buffer> {
  const { rows } = await sql<{ leaf_index: number; canonical: string; mine: boolean }>`
    select leaf_index, canonical, stream = ${stream} or stream like 'device:%' as mine
    from facts join ledger_leaves on fact_id = facts.id order by leaf_index`.execute(db);
  const levels = levelsOf(rows.map(({ canonical }) => sha(`\0${canonical}`)));
  const zip = new ZipFile();
  const files: Record<string, string> = {};
  const add = (name: string, text: string | Buffer): void => {
    files[name] = hash('sha256', text, 'hex');
    zip.addBuffer(Buffer.from(text), name);
  };
  for (const { leaf_index: index, canonical, mine } of rows) {
    if (!mine) continue;
    add(`events/${index}.json`, canonical);
    add(`proofs/${index}.json`, JSON.stringify(pathOf(levels, index)));
  }
  const list = JSON.stringify({ root: levels.at(-1)?.[0]?.toString('hex') ?? '', files } satisfies Listed);
  zip.addBuffer(Buffer.from(list), 'list.json');
  zip.addBuffer(Buffer.from(await signer.sign(Buffer.from(list))), 'list.sig');
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** @throws Error when anything is not as it was listed and signed. */
export async function verifyPlainly(archive: Buffer, key: KeyObject): Promise<void> {
  const contents = new Map<string, Buffer>();
  const zip = await fromBufferPromise(archive, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    const parts: Buffer[] = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
    contents.set(entry.fileName, Buffer.concat(parts));
  }
  const text = contents.get('list.json') ?? Buffer.of();
  must(verify('sha256', text, key, contents.get('list.sig') ?? Buffer.of()), 'the signature');
  const { root, files } = JSON.parse(text.toString()) as Listed;
  for (const [name, digest] of Object.entries(files)) {
    const content = contents.get(name) ?? Buffer.of();
    must(hash('sha256', content, 'hex') === digest, name);
    const [, index] = /^events\/(\d+)\.json$/u.exec(name) ?? [];
    if (index === undefined) continue;
    const path = JSON.parse((contents.get(`proofs/${index}.json`) ?? '').toString()) as Step[];
    const top = path.reduce(
      (current, [side, other]) =>
        side === 'left' ? node(Buffer.from(other, 'hex'), current) : node(current, Buffer.from(other, 'hex')),
      sha(`\0${content.toString()}`),
    );
    must(top.toString('hex') === root, name);
  }
}

type Step = readonly [side: 'left' | 'right', hash: string];

/** A node without a sibling is handed on as it is. */
function levelsOf(leaves: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level))
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_one, index) => parentOf(level, index));
  return levels;
}

function parentOf(level: readonly Buffer[], index: number): Buffer {
  const [left = Buffer.of(), right] = [level[index * 2], level[index * 2 + 1]];
  return right === undefined ? left : node(left, right);
}

function pathOf(levels: readonly (readonly Buffer[])[], index: number): readonly Step[] {
  return levels.flatMap((level, height): Step[] => {
    const place = Math.floor(index / 2 ** height);
    const sibling = level[place % 2 === 0 ? place + 1 : place - 1];
    return sibling === undefined ? [] : [[place % 2 === 0 ? 'right' : 'left', sibling.toString('hex')]];
  });
}

function node(left: Buffer, right: Buffer): Buffer {
  return sha(Buffer.concat([Buffer.of(1), left, right]));
}

function sha(bytes: string | Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`${what} does not hold`);
}
