/** The `handback` command inside the test's process, with its output kept. */
import { run } from '../../../src/cli/program.ts';
import { CliError } from '../../../src/cli/errors.ts';
import type { Io } from '../../../src/cli/io.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly colours?: boolean;
  readonly isTty?: boolean;
  /** What somebody at the terminal types; absent: nobody is there. */
  readonly typed?: string;
}

/** Runs it as main.ts does: an expected failure is a sentence and an exit code. */
export async function handback(args: readonly string[], given: Given = {}): Promise<Ran> {
  let [out, err] = ['', ''];
  const io: Io = {
    env: given.env ?? {},
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    terminal: { isTty: given.isTty ?? false, colours: given.colours ?? false, columns: 120 },
    ask:
      given.typed === undefined
        ? null
        : async (question) => {
            err += question;
            return given.typed ?? '';
          },
    now: () => new Date(),
  };
  try {
    return { code: await run(args, io), out, err };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { code: error.exitCode, out, err: `${err}handback: ${error.message}\n` };
  }
}

/** Standard output as the one JSON document that it is. */
export function json({ out }: Ran): Record<string, unknown> {
  return JSON.parse(out) as Record<string, unknown>;
}
