/** Takes away what a running Merlon has written: postures, records of repairs, and the Lease that was its heartbeat. */
import { clusterSecurityPosture } from '../../api/v1alpha1/cluster-security-posture.ts';
import { GROUP, LEASE_NAME, TROUBLE_ANNOTATION, VERSION } from '../../api/v1alpha1/group.ts';
import { hardeningRemediation } from '../../api/v1alpha1/hardening-remediation.ts';
import { securityPosture } from '../../api/v1alpha1/security-posture.ts';
import type { CrdDefinition } from '../../api/v1alpha1/schema.ts';
import { isLabelledAsWritten, printObject } from './present-object.ts';
import type { PresentObject, ServedKind } from './present-object.ts';
import type { StepPlan } from './steps.ts';

/** The kinds whose objects Merlon writes. */
export const writtenKinds: readonly CrdDefinition[] = [hardeningRemediation, securityPosture, clusterSecurityPosture];

export const leases: ServedKind = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

export function servedAs({ plural }: CrdDefinition): ServedKind {
  return { group: GROUP, version: VERSION, plural };
}

export function crdNameOf({ plural }: CrdDefinition): string {
  return `${plural}.${GROUP}`;
}

export function isHeartbeat({ kind, metadata }: PresentObject): boolean {
  return (
    kind === 'Lease' && metadata.name === LEASE_NAME && Object.hasOwn(metadata.annotations ?? {}, TROUBLE_ANNOTATION)
  );
}

/** @param lease that of the operator's name; undefined where there is none */
export function planWritten(
  found: readonly { readonly definition: CrdDefinition; readonly objects: readonly PresentObject[] }[],
  lease: PresentObject | undefined,
): StepPlan {
  const all = found.flatMap(({ definition, objects }) =>
    objects.map((object) => ({ object, served: servedAs(definition) })),
  );
  const heartbeat = lease === undefined ? [] : [{ object: lease, served: leases, isOurs: isHeartbeat(lease) }];
  const judged = [...all.map((one) => ({ ...one, isOurs: isLabelledAsWritten(one.object) })), ...heartbeat];
  return {
    tasks: judged.flatMap(({ object, served, isOurs }) =>
      isOurs ? [{ kind: 'delete' as const, object, served }] : [],
    ),
    notes: judged.flatMap(({ object, isOurs }) =>
      isOurs ? [] : [{ about: printObject(object), message: 'Merlon did not make it' }],
    ),
  };
}
