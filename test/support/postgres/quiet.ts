import type { EmbeddedLog } from '../../../src/store/embedded/supervision/supervise-server.ts';

/** A log for servers whose ups and downs a test causes itself. */
export const quiet: EmbeddedLog = { info: () => {}, warn: () => {} };
