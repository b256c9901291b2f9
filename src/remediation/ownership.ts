/**
 * Who owns the fields of a repair, as far as the object itself tells. What stands in git is changed in git: to patch it
 * would start a fight that nobody wins.
 *
 * A field that somebody has set is his, whatever the labels of the object say; only of a field that nobody has set do
 * they decide.
 *
 * Source: k8s.io/apimachinery v0.37.2, meta/v1 `ManagedFieldsEntry`, FieldsV1 (`f:<name>`; a field whose entry is empty is
 * owned with all that is in it); argo-cd docs/user-guide/resource_tracking.md; Flux and Helm labels as these write them.
 */
import { REMEDIATION_FIELD_MANAGER } from '../api/v1alpha1/hardening-remediation.ts';
import { isRecord, valueAt } from './live-object.ts';
import type { LiveObject, ManagedFields } from './live-object.ts';
import { printKeys } from './planned-repair.ts';
import type { FieldKeys } from './planned-repair.ts';

export type Ownership =
  /** Nobody has set any of the fields, and nothing says that the object comes from a repository. */
  | { readonly state: 'free' }
  /** Whoever would write has set all of them that are set. */
  | { readonly state: 'ours' }
  /** What the object is made from stands in a repository, or in somebody's files. */
  | { readonly state: 'gitOps'; readonly owner: GitOpsOwner; readonly because: string }
  | { readonly state: 'conflict'; readonly manager: string; readonly because: string };

export interface GitOpsOwner {
  readonly tool: string;
  /** The application, Kustomization or release, where the object names it. */
  readonly app?: string;
}

/**
 * @param fields those that would be written
 * @param writer the field manager that would write them
 */
export function readOwnership(
  object: LiveObject,
  fields: readonly FieldKeys[],
  writer: string = REMEDIATION_FIELD_MANAGER,
): Ownership {
  const entries: unknown = object.metadata.managedFields ?? [];
  if (!Array.isArray(entries)) return unreadable('metadata.managedFields is no list');
  let isOurs = false;
  for (const keys of fields) {
    for (const entry of entries as readonly ManagedFields[]) {
      const claim = findClaim(entry, keys);
      if (claim === 'unreadable') return unreadable(`what "${entry.manager ?? ''}" owns of it cannot be read`);
      if (claim === 'none') continue;
      if (entry.manager === writer && entry.operation === 'Apply') isOurs = true;
      else return describeManager(entry.manager ?? '', object, keys);
    }
    if (isInLastApplied(object, keys)) return kubectlApply(keys, 'stands in the file that kubectl apply was given');
  }
  if (isOurs) return { state: 'ours' };
  const found = findSource(object);
  return found === undefined ? { state: 'free' } : { state: 'gitOps', ...found };
}

/** Whether Merlon has set that field, alone or with others. */
export function isOwnedByMerlon(object: LiveObject, keys: FieldKeys): boolean {
  return isOwnedBy(REMEDIATION_FIELD_MANAGER, object, keys);
}

/** Whether a manager has applied that field, alone or with others. */
export function isOwnedBy(manager: string, { metadata }: LiveObject, keys: FieldKeys): boolean {
  const entries: unknown = metadata.managedFields ?? [];
  return (
    Array.isArray(entries) &&
    (entries as readonly ManagedFields[]).some(
      (entry) => entry.manager === manager && entry.operation === 'Apply' && findClaim(entry, keys) === 'owned',
    )
  );
}

/** Whom the API server names where a patch would take a field from somebody. */
export function ownershipOfManager(manager: string, object: LiveObject, fields: readonly FieldKeys[]): Ownership {
  return describeManager(manager, object, fields[0] ?? []);
}

type Claim = 'none' | 'owned' | 'unreadable';

function findClaim(entry: unknown, keys: FieldKeys): Claim {
  if (!isRecord(entry)) return 'unreadable';
  // An entry without fields owns none.
  let at: unknown = entry['fieldsV1'] ?? {};
  if (isRecord(at) && Object.keys(at).length === 0) return 'none';
  for (const key of keys) {
    if (!isRecord(at)) return 'unreadable';
    const name = `f:${key}`;
    if (!Object.hasOwn(at, name)) return 'none';
    at = at[name];
    // Whoever owns a field as a whole owns what is in it.
    if (isRecord(at) && Object.keys(at).length === 0) return 'owned';
  }
  return isRecord(at) ? 'owned' : 'unreadable';
}

const ARGO_CD = 'Argo CD';
const FLUX = 'Flux';
const HELM = 'Helm';

/** Field managers that write what stands in a repository or in a chart. */
const gitOpsManagers: Readonly<Record<string, string>> = {
  'argocd-controller': ARGO_CD,
  'argocd-application-controller': ARGO_CD,
  'kustomize-controller': FLUX,
  'helm-controller': FLUX,
  helm: HELM,
};

function describeManager(manager: string, object: LiveObject, keys: FieldKeys): Ownership {
  const path = printKeys(keys);
  const tool = Object.hasOwn(gitOpsManagers, manager) ? gitOpsManagers[manager] : undefined;
  if (tool !== undefined) {
    const app = findSource(object)?.owner.app;
    const owner = { tool, ...(app === undefined ? {} : { app }) };
    return { state: 'gitOps', owner, because: `field manager "${manager}" has set ${path}` };
  }
  // What is applied comes from a file; what is edited, patched or labelled was somebody's hand.
  if (manager === 'kubectl-client-side-apply' || isAppliedByKubectl(manager, object, keys)) {
    return kubectlApply(keys, `was set by kubectl apply`);
  }
  return { state: 'conflict', manager, because: `field manager "${manager}" has set ${path}` };
}

function isAppliedByKubectl(manager: string, { metadata }: LiveObject, keys: FieldKeys): boolean {
  return (
    manager === 'kubectl' &&
    (metadata.managedFields ?? []).some(
      (entry) => entry.manager === manager && entry.operation === 'Apply' && findClaim(entry, keys) === 'owned',
    )
  );
}

function kubectlApply(keys: FieldKeys, what: string): Ownership {
  return { state: 'gitOps', owner: { tool: 'kubectl apply' }, because: `${printKeys(keys)} ${what}` };
}

function unreadable(because: string): Ownership {
  return { state: 'conflict', manager: '', because };
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The field stands in what was applied last, so the next apply puts it back. */
function isInLastApplied({ metadata }: LiveObject, keys: FieldKeys): boolean {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (typeof text !== 'string') return false;
  try {
    const applied: unknown = JSON.parse(text);
    return isRecord(applied) && valueAt(applied as unknown as LiveObject, keys) !== undefined;
  } catch {
    // What cannot be read may hold anything, and kubectl itself stops at it.
    return true;
  }
}

interface Source {
  readonly owner: GitOpsOwner;
  readonly because: string;
}

interface Sign {
  readonly in: 'labels' | 'annotations';
  readonly key: string;
  readonly tool: string;
  /** How the application is called, from the value. */
  readonly app?: (value: string) => string;
}

const signs: readonly Sign[] = [
  // `app:group/Kind:namespace/name`
  {
    in: 'annotations',
    key: 'argocd.argoproj.io/tracking-id',
    tool: ARGO_CD,
    app: (value) => value.split(':')[0] ?? value,
  },
  { in: 'labels', key: 'argocd.argoproj.io/instance', tool: ARGO_CD },
  { in: 'labels', key: 'kustomize.toolkit.fluxcd.io/name', tool: FLUX },
  { in: 'labels', key: 'helm.toolkit.fluxcd.io/name', tool: FLUX },
  { in: 'annotations', key: 'meta.helm.sh/release-name', tool: HELM },
];

function findSource({ metadata }: LiveObject): Source | undefined {
  for (const { in: place, key, tool, app = (value: string) => value } of signs) {
    const map: unknown = metadata[place];
    const value = isRecord(map) && Object.hasOwn(map, key) ? map[key] : undefined;
    if (typeof value !== 'string') continue;
    const name = app(value);
    const owner = name === '' ? { tool } : { tool, app: name };
    return { owner, because: `${place === 'labels' ? 'label' : 'annotation'} ${key} is "${value}"` };
  }
  return undefined;
}

/** As `Argo CD (application "shop")`. */
export function printOwner({ tool, app }: GitOpsOwner): string {
  return app === undefined ? tool : `${tool} ("${app}")`;
}
