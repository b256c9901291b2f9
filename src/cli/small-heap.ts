/** V8 takes memory to save time. A scan of a large repository makes much garbage and keeps little: it needs no more. */
import { setFlagsFromString } from 'node:v8';

export function keepHeapSmall(): void {
  // The young generation would grow to 32 MB, twice, while documents come and go; at 1 MB it is only collected more often.
  setFlagsFromString('--semi-space-growth-factor=1');
  // The old one is collected when it has grown by so much, not when it has doubled.
  setFlagsFromString('--heap-growing-percent=20');
}
