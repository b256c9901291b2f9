/** Where the record of a repair is: a name that follows from rule and object, so that there is never a second one. */
import { hash } from 'node:crypto';

import type { HardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import type { SubjectRef } from '../core/subject-ref.ts';

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

/** The namespace whose posture a repair belongs to; undefined while its record does not say what it is about. */
export function scopeOfRecord({ metadata, status }: HardeningRemediation): string | undefined {
  const target = status?.target;
  if (target === undefined) return metadata.namespace;
  return target.namespace ?? (target.kind === 'Namespace' ? target.name : undefined);
}
