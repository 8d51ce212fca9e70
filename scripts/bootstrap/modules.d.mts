/** Types of modules.mjs for its test. */
export function isFresh(root: string, dev: boolean): boolean;
