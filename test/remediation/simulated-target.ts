/** A service account in an API server that only knows what repairs need of it: server-side apply, owners of one field. */
import type { LiveObject } from '../../src/remediation/live-object.ts';
import type { PatchOutcome } from '../../src/remediation/outcome.ts';
import type { PatchFields } from '../../src/remediation/planned-repair.ts';

const FIELD = 'automountServiceAccountToken';
const MERLON = 'merlon-remediator';

export class SimulatedTarget {
  uid = 'uid-1';
  exists = true;
  mayPatch = true;
  /** Why patches are refused as they are, whoever sends them. */
  refusal: string | undefined;
  /** Patches and dry runs that were asked for. */
  asked = 0;
  value: boolean | undefined = undefined;
  /** Counts what is done to it. */
  #version = 1;
  readonly owners = new Map<string, 'Apply' | 'Update'>();
  annotations: Readonly<Record<string, string>> = {};
  /** Applies of Merlon that changed something, and their values. */
  readonly writes: (boolean | undefined)[] = [];

  get object(): LiveObject {
    return {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: 'default',
        namespace: 'shop',
        uid: this.uid,
        resourceVersion: String(this.#version),
        annotations: this.annotations,
        managedFields: [...this.owners].map(([manager, operation]) => ({
          manager,
          operation,
          fieldsV1: { [`f:${FIELD}`]: {} },
        })),
      },
      ...(this.value === undefined ? {} : { [FIELD]: this.value }),
    };
  }

  /** As Merlon does it: without force, to that version of the object. */
  apply(target: LiveObject, fields: PatchFields, isDryRun = false): PatchOutcome {
    this.asked += 1;
    if (!this.mayPatch) return { outcome: 'forbidden', message: 'you may not' };
    if (this.refusal !== undefined) return { outcome: 'refused', message: this.refusal };
    if (!this.exists) return { outcome: 'gone' };
    const { uid, resourceVersion } = target.metadata;
    if (uid !== this.uid || resourceVersion !== String(this.#version)) return { outcome: 'conflict' };
    const wanted = fields[FIELD] as boolean | undefined;
    const other = [...this.owners.keys()].find((manager) => manager !== MERLON);
    if (wanted !== undefined && wanted !== this.value && other !== undefined) {
      return { outcome: 'fieldConflict', manager: other, message: `conflict with "${other}"` };
    }
    const { value, owners } = this;
    const before = { value, owners: new Map(owners) };
    this.#set(wanted);
    const { object } = this;
    if (isDryRun) {
      this.value = before.value;
      owners.clear();
      for (const [manager, operation] of before.owners) owners.set(manager, operation);
    } else if (before.value !== this.value) {
      this.writes.push(this.value);
      this.#version += 1;
    }
    return { outcome: 'written', object: isDryRun ? object : this.object };
  }

  #set(wanted: boolean | undefined): void {
    if (wanted !== undefined) {
      this.value = wanted;
      this.owners.set(MERLON, 'Apply');
      return;
    }
    this.owners.delete(MERLON);
    if (this.owners.size === 0) this.value = undefined;
  }

  /** Somebody else takes the field by force, or by an update. */
  take(manager: string, operation: 'Apply' | 'Update', value: boolean): void {
    this.#version += 1;
    if (this.value !== value) this.owners.clear();
    this.value = value;
    this.owners.set(manager, operation);
  }

  /** Somebody replaces the object by one without the field. */
  remove(): void {
    if (this.value !== undefined) this.#version += 1;
    this.value = undefined;
    this.owners.clear();
  }

  /** Somebody changes something else. */
  touch(): void {
    this.#version += 1;
  }

  recreate(uid: string): void {
    this.#version += 1;
    this.uid = uid;
    this.exists = true;
    this.remove();
  }
}
