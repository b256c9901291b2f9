/** Lines on stderr that say what is being done: data alone goes to stdout. */

export function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

const intervalMs = 5000;

export interface Progress {
  /** One more is done. */
  step(): void;
  stop(): void;
}

/** Says every five seconds how many of `total` are done. */
export function showProgress(what: string, total: number): Progress {
  const started = performance.now();
  let done = 0;
  const report = () => {
    const seconds = (performance.now() - started) / 1000;
    say(`${what}: ${done} of ${total} (${seconds.toFixed(0)} s, ${Math.round(done / seconds)} per s)`);
  };
  const timer = setInterval(report, intervalMs);
  return {
    step() {
      done += 1;
    },
    stop() {
      clearInterval(timer);
      report();
    },
  };
}
