/** Waits for the cluster to come to what was asked of it. */
import { pause } from '../../kube/system-clock.ts';
import type { UninstallChoices } from './uninstall-choices.ts';

const POLL_MS = 500;

/** It took too long. The message says what still stands, and what to do. */
export class NotSettled extends Error {
  override readonly name = 'NotSettled';
}

/**
 * @param find what still stands, a sentence; undefined where nothing does
 * @throws {NotSettled} with that sentence after the time that was chosen
 */
export async function untilGone(
  { clock, timeoutMs, onWait }: Pick<UninstallChoices, 'clock' | 'timeoutMs' | 'onWait'>,
  what: string,
  find: () => Promise<string | undefined>,
): Promise<void> {
  const endMs = clock.now() + timeoutMs;
  for (let tries = 1; ; tries += 1) {
    const standing = await find();
    if (standing === undefined) return;
    if (clock.now() >= endMs) throw new NotSettled(`${standing} (waited for ${timeoutMs / 1000} s)`);
    if (tries === 1) onWait(what);
    await pause(clock, POLL_MS);
  }
}
