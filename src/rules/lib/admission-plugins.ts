/** What to do about an admission plugin, in one sentence for every way to start an API server. */
import { startWith, startWithout } from './start-with.ts';

export const ENABLE = '--enable-admission-plugins';
export const DISABLE = '--disable-admission-plugins';

/** Of a plugin that is off by default. */
export function enablePlugin(name: string): string {
  return startWith(`${ENABLE}=${name}, beside the plugins that the flag names already`);
}

/** Of a plugin that is on by default. */
export function keepPlugin(name: string): string {
  return startWithout(`${name} in ${DISABLE}`);
}
