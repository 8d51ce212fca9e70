/** Packs as files: what is written is read again, and archives that are made to do harm are refused. */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { packEntries } from '../../../../src/ledger/pack/build.ts';
import { readPack, writeDirectory } from '../../../../src/ledger/pack/directory.ts';
import type { PackFiles } from '../../../../src/ledger/pack/layout.ts';
import { readZip } from '../../../../src/ledger/pack/zip-read.ts';
import { zipBytes } from '../../../../src/ledger/pack/zip-write.ts';
import { drawReport } from '../../../../src/ledger/pack/report/draw.ts';
import { contentOf, newKeys, packOf } from '../../../support/packs/make-pack.ts';
import { playedCase } from '../../../support/packs/played-case.ts';
import { Choices } from '../../../support/packs/random.ts';

const keys = newKeys();
let pack: PackFiles;
let place: string;

beforeAll(async () => {
  pack = await packOf(await contentOf(playedCase(), keys), keys.pack);
  place = await mkdtemp(join(tmpdir(), 'handback-pack-'));
});
afterAll(async () => rm(place, { recursive: true, force: true }));

async function* entriesOf(files: PackFiles) {
  yield* files;
}

function plain(files: PackFiles): Readonly<Record<string, string>> {
  return Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
}

async function zipped(add: (zip: ZipFile) => void): Promise<Buffer> {
  const zip = new ZipFile();
  add(zip);
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

describe('a pack', () => {
  test('is the same out of a zip archive and out of a directory', async () => {
    await writeFile(join(place, 'pack.zip'), await zipBytes(entriesOf(pack)));
    await writeDirectory(join(place, 'pack'), pack);
    expect(plain(await readPack(join(place, 'pack.zip')))).toEqual(plain(pack));
    expect(plain(await readPack(join(place, 'pack')))).toEqual(plain(pack));
  });

  test('gives the same archive for the same files, and the same report for the same facts', async () => {
    expect((await zipBytes(entriesOf(pack))).equals(await zipBytes(entriesOf(pack)))).toBe(true);
    const content = { ...(await contentOf(playedCase(), keys)), report: drawReport };
    const reports = await Promise.all([packOf(content, keys.pack), packOf(content, keys.pack)]);
    const [first, second] = reports.map((files) => Buffer.from(files.get('report.pdf') ?? []));
    expect(first?.subarray(0, 5).toString()).toBe('%PDF-');
    expect(second !== undefined && first?.equals(second)).toBe(true);
  });

  test('a fault while it is made breaks the archive off', async () => {
    async function* broken() {
      yield* [...pack].slice(0, 3);
      throw new Error('gone');
    }
    await expect(zipBytes(broken())).rejects.toThrow('gone');
    const content = await contentOf(playedCase(), keys);
    const documents = content.documents.map((one) => ({
      ...one,
      load: async () => Promise.reject(new Error('gone')),
    }));
    await expect(zipBytes(packEntries({ ...content, documents }, keys.pack))).rejects.toThrow('gone');
  });

  test('is not unpacked among other files', async () => {
    await expect(writeDirectory(place, pack)).rejects.toMatchObject({ code: 'archive' });
  });
});

describe('an archive is refused', () => {
  test('that holds two files of one name', async () => {
    const archive = await zipped((zip) => {
      zip.addBuffer(Buffer.from('a'), 'checkpoint');
      zip.addBuffer(Buffer.from('b'), 'checkpoint');
    });
    await expect(readZip(archive)).rejects.toThrow('same name');
  });

  test.each(['../evil', '/etc/evil', 'a\\evil', 'events/../../evil', '.hidden'])(
    'with a file named %s',
    async (name) => {
      const stand = 'x'.repeat(name.length);
      const archive = await zipped((zip) => zip.addBuffer(Buffer.from('evil'), stand));
      const text = archive.toString('latin1').replaceAll(stand, name);
      await expect(readZip(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ code: 'archive' });
    },
  );

  test('that unpacks to more than a pack may hold', async () => {
    const bomb = await zipped((zip) => zip.addBuffer(Buffer.alloc(5_000_000), 'events/1.json'));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(readZip(bomb, { files: 10, bytes: 1_000_000 })).rejects.toThrow('more bytes');
  });

  test('that unpacks to more than it says', async () => {
    const archive = await zipped((zip) => zip.addBuffer(Buffer.alloc(100_000), 'events/1.json'));
    const central = archive.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    archive.writeUInt32LE(10, central + 24);
    await expect(readZip(archive)).rejects.toMatchObject({ code: 'archive' });
  });

  test('that holds too many files', async () => {
    const archive = await zipBytes(entriesOf(pack));
    await expect(readZip(archive, { files: 5, bytes: 1_000_000_000 })).rejects.toThrow('more files');
  });

  test('that is none', async () => {
    await expect(readZip(Buffer.from('no zip at all'))).rejects.toMatchObject({ code: 'archive' });
  });
});

test('a directory with a link in it is refused', async () => {
  await writeDirectory(join(place, 'linked'), new Map([['checkpoint', Buffer.from('x')]]));
  await symlink('/etc/hostname', join(place, 'linked', 'policy.json'));
  await expect(readPack(join(place, 'linked'))).rejects.toThrow('link');
});

test('an archive with any byte changed is refused, or read as exactly what it was or found out by its contents', async () => {
  const archive = await zipBytes(entriesOf(pack));
  let refused = 0;
  const unseen: number[] = [];
  for (let seed = 0; seed < 200; seed += 1) {
    const choices = new Choices(seed);
    const changed = Buffer.from(archive);
    const at = choices.below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << choices.below(8));
    const read = await readZip(changed).catch(() => null);
    if (read === null) refused += 1;
    // Times and attributes of the archive are nobody's evidence; a changed name is not listed.
    else if ([...read.keys()].every((name) => pack.has(name)) && !isDeepStrictEqual(plain(read), plain(pack)))
      unseen.push(seed);
  }
  expect(unseen).toEqual([]);
  expect(refused).toBeGreaterThan(150);
});
