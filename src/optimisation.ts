/** How soon V8 optimises what runs: set in the process, as code caches are taken only with the flags with which they were made. */
import { setFlagsFromString } from 'node:v8';

/**
 * Most of what runs at a start runs some hundred times: to optimise that costs more than it saves, and takes a core from the API server
 * (`make bench`, with and without). What is called much more often still is. V8 multiplies these by the length of a function in bytes,
 * in 32 bits.
 */
export function deferOptimisation(): void {
  setFlagsFromString('--invocation-count-for-maglev=800');
  setFlagsFromString('--invocation-count-for-turbofan=120000');
}

/** From now on what runs is what will run for months. As V8 has it. */
export function allowOptimisation(): void {
  setFlagsFromString('--invocation-count-for-maglev=400');
  setFlagsFromString('--invocation-count-for-turbofan=10000');
}
