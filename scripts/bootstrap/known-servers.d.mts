/** Types of known-servers.mjs for the tests, which are TypeScript. */
export function knownTemporalClis(env?: NodeJS.ProcessEnv): string[];
export function knownTestServer(env?: NodeJS.ProcessEnv): string | undefined;
