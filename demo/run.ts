/** One run: start, play, check, tell, stop. */
import { constants } from 'node:os';
import type { Check } from './checks/check.ts';
import { gatherEvidence } from './checks/evidence.ts';
import { judge } from './checks/judge.ts';
import { install } from './installation.ts';
import type { Installation } from './installation.ts';
import type { Options } from './options.ts';
import { playMonth } from './play.ts';
import { createScreen } from './screen/screen.ts';
import type { Screen } from './screen/screen.ts';
import { caseTable, checkLines, painter } from './screen/summary.ts';
import { whereToLook } from './screen/where-to-look.ts';

/** @returns The exit code: 0 when the month ended as its stories say. */
export async function runDemo(options: Options): Promise<number> {
  const screen = createScreen(process.stdout);
  const stop = new AbortController();
  const ending = stopOnSignals(stop);
  const limit = setTimeout(
    () => stop.abort(new Error(`not done after ${options.limitMs / 60_000} minutes`)),
    options.limitMs,
  );
  const told: string[] = [];
  let installation: Installation | null = null;
  // Awaited here, so that everything has ended before the exit code is given.
  const stack = new AsyncDisposableStack();
  try {
    installation = await start(options, screen, told, stop.signal, stack);
    const code = await playAndJudge(options, screen, installation, stop);
    clearTimeout(limit);
    if (options.keep && !stop.signal.aborted) await stayUp(screen, installation, stop.signal);
    return code;
  } catch (error) {
    screen.close();
    const signal = ending.signal();
    if (signal !== null) return 128 + (constants.signals[signal] ?? 0);
    tellFailure(screen, reasonOf(stop.signal, error), installation, told);
    return 1;
  } finally {
    clearTimeout(limit);
    screen.close();
    stop.abort();
    screen.line('stopping everything that was started');
    await stack.disposeAsync();
    ending.dispose();
  }
}

function start(
  options: Options,
  screen: Screen,
  told: string[],
  signal: AbortSignal,
  stack: AsyncDisposableStack,
): Promise<Installation> {
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
  stop: AbortController,
): Promise<number> {
  const { watch, client, control, engine, sandbox, secrets } = installation;
  const watching = watch.run();
  const played = await Promise.race([
    playMonth({ installation, screen, seed: options.seed, kill: options.kill, signal: stop.signal }),
    watching.then(() => Promise.reject(new Error('nobody watches the cases any more'))),
    engine.child.ended.then((how) => Promise.reject(new Error(`handback up ended (${how})`))),
    sandbox.child.ended.then((how) => Promise.reject(new Error(`the sandbox ended (${how})`))),
  ]);
  const snipeit = { url: sandbox.urls.snipeit, token: secrets.snipeit.token };
  const evidence = await gatherEvidence({ client, watch, control, snipeit, seen: played.seen });
  const checks = judge(evidence, { killed: played.killed > 0 });
  screen.close();
  const paint = painter(process.stdout);
  for (const line of ['', ...checkLines(checks, paint), '', caseTable(evidence.cases, paint), ''])
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

function tellFailure(
  screen: Screen,
  reason: string,
  installation: Installation | null,
  told: readonly string[],
): void {
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

/** The first signal ends the demo in order; the children are stopped by it, not by the terminal. */
function stopOnSignals(stop: AbortController) {
  let first: NodeJS.Signals | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    first ??= signal;
    stop.abort(new Error(`stopped by ${signal}`));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: () => first,
    dispose: () => signals.forEach((signal) => process.off(signal, onSignal)),
  };
}

/** An abort hides behind whatever it interrupted. */
function reasonOf(signal: AbortSignal, error: unknown): string {
  const reason: unknown = signal.aborted ? signal.reason : error;
  return reason instanceof Error ? reason.message : String(reason);
}
