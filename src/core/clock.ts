/** Time as an argument: code that waits or measures takes a clock, so that a test can hold it still. */
export interface Timer {
  cancel(): void;
  /** Waits anew, for as long as at first; for one that is over or cancelled do not call it. Unlike a look at the clock it makes no garbage. */
  refresh(): void;
}

export interface Clock {
  /** Milliseconds on a clock that only goes forward. */
  now(): number;
  /** Milliseconds since 1970 as the machine has it: for people and for other machines, never for measuring. */
  wallTimeMs(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
}
