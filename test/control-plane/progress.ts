/** Says on stderr, every quarter of a minute, what a long build is doing. */
const intervalMs = 15_000;

export interface Progress {
  /** A line of `go build -v`: a package that is being compiled, or a module that is being fetched. */
  readonly line: (text: string) => void;
  /** The number of packages; fewer are compiled when Go has some of them in its cache. */
  expect(packages: number): void;
  stop(): void;
}

/** Starts showing progress; the first line comes when the work has lasted a quarter of a minute. */
export function showProgress(what: string): Progress {
  const started = Date.now();
  let expected = 0;
  let compiled = 0;
  let fetched = 0;
  let last = '';
  const timer = setInterval(() => {
    const steps = [
      fetched > 0 && compiled === 0 ? `${fetched} modules fetched` : '',
      compiled > 0 ? `package ${compiled} of at most ${expected}` : '',
      last,
    ];
    const seconds = Math.round((Date.now() - started) / 1000);
    const elapsed = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    process.stderr.write(`control-plane: ${what}: ${steps.filter(Boolean).join(', ')} (${elapsed})\n`);
  }, intervalMs);
  process.stderr.write(`control-plane: ${what}; the first time this takes about ten minutes\n`);
  return {
    line(text) {
      if (text.startsWith('go: downloading')) {
        fetched += 1;
        last = text.slice('go: downloading '.length);
      } else if (/^[\w.\-/]+$/.test(text)) {
        compiled += 1;
        last = text.startsWith('merlon.dev/') ? 'linking' : text;
      }
    },
    expect(packages) {
      expected = packages;
    },
    stop() {
      clearInterval(timer);
    },
  };
}
