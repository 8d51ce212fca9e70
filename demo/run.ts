/** One run: start, play, check, tell, stop. */
import { constants } from 'node:os';
import type { Check } from './checks/check.ts';
import { gatherEvidence } from './checks/evidence.ts';
import { judge } from './checks/judge.ts';
import { ROOM_NAME } from './checks/room-checks.ts';
import { install } from './installation.ts';
import type { Installation } from './installation.ts';
import type { Options } from './options.ts';
import { playMonth } from './play.ts';
import { listsTable } from './screen/lists.ts';
import { playLastAct } from './proof/last-act.ts';
import { createScreen } from './screen/screen.ts';
import type { Screen } from './screen/screen.ts';
import { caseTable, checkLines, painter } from './screen/summary.ts';
import { whereToLook } from './screen/where-to-look.ts';

/** @returns The exit code: 0 when the month ended as its stories say. */
export async function runDemo(options: Options): Promise<number> {
  const screen = createScreen(process.stdout);
  const told: string[] = [];
  const ending = stopOnSignals();
  // Awaited here, so that everything has ended before the exit code is given.
  const stack = new AsyncDisposableStack();
  try {
    const code = await startAndPlay({ options, screen, told, ending, stack });
    const { signal } = ending;
    return signal() === null || options.keep ? code : 128 + (constants.signals[signal() ?? 'SIGINT'] ?? 0);
  } finally {
    screen.close();
    screen.line('stopping everything that was started');
    await stack.disposeAsync();
    ending.dispose();
  }
}

interface Run {
  readonly options: Options;
  readonly screen: Screen;
  /** What the engine said on its standard error. */
  readonly told: string[];
  readonly ending: Ending;
  readonly stack: AsyncDisposableStack;
}

async function startAndPlay(run: Run): Promise<number> {
  const { options, screen, ending } = run;
  const limit = AbortSignal.timeout(options.limitMs);
  const over = new AbortController();
  const signal = AbortSignal.any([ending.asked, limit, over.signal]);
  let installation: Installation | null = null;
  let code = 1;
  try {
    installation = await start(run, signal);
    code = await playAndJudge(options, screen, installation, signal);
  } catch (error) {
    screen.close();
    if (ending.asked.aborted) return 1;
    const reason = limit.aborted ? `not done after ${options.limitMs / 60_000} minutes` : reasonOf(error);
    tellFailure(run, reason, installation);
  }
  // Nobody watches, plays or kills any more.
  over.abort();
  if (options.keep && installation !== null && !ending.asked.aborted)
    await stayUp(screen, installation, ending.asked);
  return code;
}

function start({ options, screen, told, stack }: Run, signal: AbortSignal): Promise<Installation> {
  const begun = performance.now();
  const paint = painter(process.stdout);
  screen.line(paint('bold', 'Handback: a month of leavers, a day a second'));
  return install({
    keep: options.keep,
    step: (text) =>
      screen.line(
        `${paint('green', '✓')} ${text} ${paint('gray', `(${((performance.now() - begun) / 1000).toFixed(0)} s)`)}`,
      ),
    onEngine: (line) => void told.push(line),
    signal,
    stack,
  });
}

async function playAndJudge(
  options: Options,
  screen: Screen,
  installation: Installation,
  signal: AbortSignal,
): Promise<number> {
  const { watch, client, control, engine, sandbox, secrets } = installation;
  const watching = watch.run();
  const played = await Promise.race([
    playMonth({ installation, screen, seed: options.seed, kill: options.kill, signal }),
    watching.then(() => Promise.reject(new Error('nobody watches the cases any more'))),
    engine.child.ended.then((how) => Promise.reject(new Error(`handback up ended (${how})`))),
    sandbox.child.ended.then((how) => Promise.reject(new Error(`the sandbox ended (${how})`))),
  ]);
  const snipeit = { url: sandbox.urls.snipeit, token: secrets.snipeit.token };
  const { seen, room } = played;
  const evidence = await gatherEvidence({ client, watch, control, snipeit, seen, room });
  const finished = evidence.cases.get('ada')?.standing.id;
  const proof =
    finished === undefined ? { checks: [], told: [] } : await playLastAct(installation, finished, signal);
  const checks = [...judge(evidence, { killed: played.killed > 0 }), ...proof.checks];
  screen.close();
  const paint = painter(process.stdout);
  const hardware =
    evidence.room === null
      ? []
      : [{ name: ROOM_NAME, story: 'no person: the room is cleared', standing: evidence.room.standing }];
  for (const line of [
    '',
    ...checkLines(checks, paint),
    '',
    caseTable(evidence.cases, hardware, paint),
    '',
    paint('bold', 'The truck that took the server room along, serial by serial'),
    listsTable(evidence.room?.lists ?? [], paint),
    '',
    ...proof.told,
    '',
  ])
    screen.line(line);
  screen.line(verdict(checks, played.days, played.killed, paint));
  return checks.every(({ holds }) => holds) ? 0 : 1;
}

function verdict(
  checks: readonly Check[],
  days: number,
  killed: number,
  paint: ReturnType<typeof painter>,
): string {
  const failed = checks.filter(({ holds }) => !holds).length;
  const kills = killed === 0 ? '' : `, through ${killed} kills`;
  if (failed === 0)
    return paint(
      'green',
      `✓ ${checks.length} of ${checks.length} checks hold after ${Math.ceil(days)} days${kills}`,
    );
  return paint('red', `✗ ${failed} of ${checks.length} checks do not hold`);
}

async function stayUp(screen: Screen, installation: Installation, signal: AbortSignal): Promise<void> {
  for (const line of whereToLook(installation)) screen.line(line);
  const { engine, sandbox } = installation;
  const asked = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.race([asked, engine.child.ended, sandbox.child.ended]);
}

function tellFailure({ screen, told }: Run, reason: string, installation: Installation | null): void {
  const paint = painter(process.stdout);
  screen.line(paint('red', `✗ ${reason}`));
  for (const what of installation?.watch.waits() ?? []) screen.line(`  waited for ${what}`);
  for (const { key, standing } of installation?.watch.cases() ?? []) {
    const blocks = standing.blockedBy.map(
      ({ kind, code, owner, gate }) => `${gate ?? 'case'}: ${code} (${kind}, ${owner})`,
    );
    if (blocks.length > 0) screen.line(`  ${key} ${standing.id} ${standing.state}: ${blocks.join('; ')}`);
  }
  for (const line of told.slice(-10)) screen.line(paint('gray', `  handback up: ${line}`));
}

interface Ending {
  readonly asked: AbortSignal;
  readonly signal: () => NodeJS.Signals | null;
  dispose(): void;
}

/** The first signal ends the demo in order; the children are stopped by it, not by the terminal. */
function stopOnSignals(): Ending {
  const stop = new AbortController();
  let first: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    first ??= signal;
    stop.abort(new Error(`stopped by ${signal}`));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    asked: stop.signal,
    signal: () => first,
    dispose: () => signals.forEach((signal) => process.off(signal, onSignal)),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
