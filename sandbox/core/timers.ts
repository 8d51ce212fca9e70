/** Timers that end with the sandbox, or with a reset. */
export class Timers {
  #timers = new Set<NodeJS.Timeout>();

  /** Runs once after `ms`, unless cleared before. Does not keep the process alive. */
  after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
