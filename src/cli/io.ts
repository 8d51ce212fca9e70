/** What a command gets from the process it runs in; tests give their own. */
import type { Environment } from '../config/environment.ts';

export interface Io {
  readonly env: Environment;
  /** Standard output: what was asked for, and nothing else. */
  readonly out: (text: string) => void;
  /** Standard error: errors, and how things are going. */
  readonly err: (text: string) => void;
  readonly terminal: {
    /** Standard output is looked at by a person. */
    readonly isTty: boolean;
    readonly colours: boolean;
    readonly columns: number;
  };
  /** Asks the person at the terminal; `null` where nobody is there to answer. */
  readonly ask: ((question: string) => Promise<string>) | null;
  readonly now: () => Date;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
}
