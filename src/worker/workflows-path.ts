import { fileURLToPath } from 'node:url';

/** Where the bundler finds the workflows. */
export const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
