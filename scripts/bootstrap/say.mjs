/**
 * What the bootstrap tells people. Everything goes to standard error, so that the output of the
 * command that follows (JSON, for example) stays clean.
 */

/**
 * One line about a step.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`bootstrap: ${line}\n`);
}

/** A step that cannot be done, with what a person can do about it. */
export class BootstrapError extends Error {
  /**
   * @param {string} problem what went wrong, one sentence
   * @param {string[]} advice what to do, one sentence each
   */
  constructor(problem, advice = []) {
    super([problem, ...advice.map((line) => `  - ${line}`)].join('\n'));
    this.name = 'BootstrapError';
  }
}

/**
 * @param {number} ms
 * @returns {string} "45 s" or "3 min 05 s"
 */
export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
