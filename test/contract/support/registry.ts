/** A registry is explicit, and complete. */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Asserts that the kinds of a registry are the vendor folders of that port, no more and no fewer. */
export function itNamesEveryFolder(port: string, registry: Readonly<Record<string, unknown>>): void {
  it(`the ${port} registry names every vendor folder`, () => {
    const folder = new URL(`../../../src/adapters/${port}/`, import.meta.url);
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(new Set(Object.keys(registry))).toEqual(new Set(folders.map((entry) => entry.name)));
  });
}
