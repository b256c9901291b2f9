/** What of a namespace's own policy has no effect, for its status. */
import type { ignoredReasons } from '../api/v1alpha1/hardening-policy.ts';
import { MAX_IGNORED } from '../api/v1alpha1/policy-settings.ts';
import type { Said } from './said.ts';

/** A setting of a namespace's own policy that has no effect. */
export interface IgnoredSetting {
  /** The field: `spec.rules[0].state`. */
  readonly path: string;
  readonly reason: (typeof ignoredReasons)[number];
  readonly message: string;
}

/** One entry a field, however many rules it is about. */
export class IgnoredSettings {
  readonly #byPath = new Map<string, IgnoredSetting & { readonly others: number }>();

  notDelegated(path: string, message: string): void {
    this.#add({ path, reason: 'NotDelegated', message });
  }

  overruled({ path }: Said<unknown>, by: Said<unknown>): void {
    const message = `HardeningPolicy "${by.source?.name ?? ''}" says otherwise in ${by.path}, and goes before this one`;
    this.#add({ path, reason: 'Overruled', message });
  }

  list(): readonly IgnoredSetting[] {
    return [...this.#byPath.values()].slice(0, MAX_IGNORED).map(({ path, reason, message, others }) => ({
      path,
      reason,
      message: others === 0 ? message : `${message} (and so for ${others} more rules)`,
    }));
  }

  #add(setting: IgnoredSetting): void {
    const known = this.#byPath.get(setting.path);
    const entry = known === undefined ? { ...setting, others: 0 } : { ...known, others: known.others + 1 };
    this.#byPath.set(setting.path, entry);
  }
}
