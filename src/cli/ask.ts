/** A question to the person at the terminal. */
import { createInterface } from 'node:readline';

/**
 * Asks on standard error, so that standard output holds what was asked for and nothing else.
 *
 * @returns What was typed; empty when the input ended instead.
 */
export function askTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.once('close', () => resolve(''));
    terminal.question(question, (answer) => {
      resolve(answer.trim());
      terminal.close();
    });
  });
}
