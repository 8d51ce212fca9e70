/** A throw-away project with the repository's own lint configuration, to plant violations in. */
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One finding of the linter: the rule as `plugin(rule)`, and its message. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
}

/** Path of a planted file, relative to the project, to its source. */
export type Planted = Readonly<Record<string, string>>;

/**
 * Lints the planted files as the repository's own would be linted.
 * @returns the findings by file; a file without findings has no entry
 */
export async function lintPlanted(planted: Planted): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const project = await mkdtemp(join(tmpdir(), 'handback-lint-'));
  try {
    await copyFile(join(root, '.oxlintrc.json'), join(project, '.oxlintrc.json'));
    await copyFile(join(root, 'tsconfig.json'), join(project, 'tsconfig.json'));
    await cp(join(root, 'scripts/lint'), join(project, 'scripts/lint'), { recursive: true });
    await symlink(join(root, 'node_modules'), join(project, 'node_modules'), 'junction');
    for (const [path, source] of Object.entries(planted)) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), source);
    }
    return findings(await oxlint(project));
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

function oxlint(cwd: string): Promise<string> {
  const command = join(root, 'node_modules/oxlint/bin/oxlint');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [command, '-f', 'json'],
      { cwd, maxBuffer: 1 << 26 },
      (_failed, stdout, stderr) => {
        // Findings make the exit code non-zero; no JSON at all is what cannot be right.
        if (stdout.trimStart().startsWith('{')) resolve(stdout);
        else reject(new Error(`the linter did not run: ${stdout}${stderr}`));
      },
    );
  });
}

interface Report {
  readonly diagnostics: readonly {
    readonly code?: string;
    readonly message: string;
    readonly filename: string;
  }[];
}

function findings(json: string): ReadonlyMap<string, readonly Finding[]> {
  const byFile = new Map<string, Finding[]>();
  const report = JSON.parse(json) as Report;
  for (const { code = '', message, filename } of report.diagnostics) {
    const list = byFile.get(filename) ?? [];
    list.push({ rule: code, message });
    byFile.set(filename, list);
  }
  return byFile;
}
