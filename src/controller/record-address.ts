/** Where the record of a repair is: a name that follows from rule and object, so that there is never a second one. */
import { hash } from 'node:crypto';

import type { HardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { namespaceKey } from './enqueue.ts';
import type { PostureScope } from './posture-store.ts';

export interface RecordAddress {
  readonly namespace: string;
  readonly name: string;
}

/** Names of Kubernetes objects: DNS-1123 subdomains. */
const MAX_NAME_LENGTH = 253;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** @param ownNamespace where records are of what has no namespace */
export function recordAddress(
  ruleId: string,
  { apiVersion, kind, namespace, name }: SubjectRef,
  ownNamespace: string,
): RecordAddress {
  const plain = `${ruleId}.${kind.toLowerCase()}.${name}`;
  const where = { namespace: namespace ?? ownNamespace };
  if (plain.length <= MAX_NAME_LENGTH && subdomain.test(plain)) return { ...where, name: plain };
  // Names of RBAC objects may hold any character.
  const digest = hash('sha256', JSON.stringify([apiVersion, kind, name])).slice(0, 16);
  return { ...where, name: `${ruleId}.${kind.toLowerCase()}.${digest}` };
}

/** Whose posture a repair belongs to. While its record does not say what it is about, that is where the record is. */
export function scopeOfRecord({ metadata, status }: HardeningRemediation): PostureScope {
  const target = status?.target;
  const namespace = target === undefined ? metadata.namespace : (target.namespace ?? namespaceOfPosture(target));
  return namespace === undefined ? 'cluster' : namespaceKey(namespace);
}

/** A namespace is repaired in its own posture, everything else without a namespace in the cluster's. */
function namespaceOfPosture({ kind, name }: SubjectRef): string | undefined {
  return kind === 'Namespace' ? name : undefined;
}

/** Whom it concerns: also whose repair it stands in the way of, which only its name tells while it says nothing else. */
export function scopesOfRecord(record: HardeningRemediation, ownNamespace: string): ReadonlySet<PostureScope> {
  const { metadata, status } = record;
  const scope = scopeOfRecord(record);
  if (status?.target !== undefined || metadata.namespace !== ownNamespace) return new Set([scope]);
  const [, kind, ...name] = metadata.name.split('.');
  return new Set([scope, kind === 'namespace' ? namespaceKey(name.join('.')) : 'cluster']);
}
