/** Types of staging.mjs for its test. */
export interface Item {
  readonly cache: string;
  readonly name: string;
  readonly purpose: string;
  readonly destination: string;
  readonly isThere: () => boolean;
}
export function installOnce(item: Item, build: (dir: string) => Promise<string>): Promise<void>;
