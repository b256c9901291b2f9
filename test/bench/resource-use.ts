/** What a process costs, as Linux counts it. */
import { readFileSync } from 'node:fs';

export interface ResourceUse {
  /** In user and kernel mode, of all threads. */
  readonly cpuS: number;
  /** The largest resident set so far; 1 MB is 10^6 bytes. */
  readonly peakRssMB: number;
}

// USER_HZ, which is 100 wherever Linux shows it to programs.
const ticksPerSecond = 100;

/**
 * @returns undefined when there is no such process any more
 * Source: proc_pid_stat(5), fields 14 and 15; proc_pid_status(5), VmHWM
 */
export function readResourceUse(pid: number): ResourceUse | undefined {
  let stat: string;
  let status: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined;
  }
  // The program's name stands in parentheses and may hold anything; what counts comes after.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const peakKiB = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  // A process that has ended and that nobody has waited for has no memory any more.
  if (peakKiB === undefined) return undefined;
  return {
    cpuS: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    peakRssMB: (Number(peakKiB) * 1024) / 1e6,
  };
}

const samplingMs = 10;

/**
 * Looks again and again, for a process that ends by itself and whose cost is wanted until its end.
 * @returns gives what was seen last, and stops looking
 */
export function followResourceUse(pid: number): () => ResourceUse {
  let last: ResourceUse = { cpuS: 0, peakRssMB: 0 };
  const look = () => {
    last = readResourceUse(pid) ?? last;
  };
  const timer = setInterval(look, samplingMs);
  return () => {
    clearInterval(timer);
    look();
    return last;
  };
}
