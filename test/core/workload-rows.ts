/** What is told of the workloads of a namespace, and a Deployment with what it makes. */
import type { KindName } from '../../src/core/kinds.ts';
import { workloadsOf } from '../../src/core/workload.ts';
import type { Workload } from '../../src/core/workload.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';

/** What the pods of a workload say about the host, so that rows can tell which pods were grouped. */
interface Row {
  readonly subject: string;
  readonly template?: string | undefined;
  readonly running: readonly string[];
  readonly unverifiedOwner?: string | undefined;
}

export function rowsOf(snapshot: Snapshot): readonly Row[] {
  return workloadsOf(snapshot, 'shop').map(({ ref, template, templatePath, running, unverifiedOwner }) => ({
    subject: `${ref.apiVersion} ${ref.kind} ${ref.name}`,
    ...(template === undefined ? {} : { template: `${templatePath ?? ''} ${imageOf(template)}` }),
    running: running.map(({ template: one }) => imageOf(one)),
    ...(unverifiedOwner === undefined ? {} : { unverifiedOwner }),
  }));
}

function imageOf(template: NonNullable<Workload['template']>): string {
  return template.spec.containers.map(({ image }) => image).join(',');
}

export function missing(source: KindName) {
  return { missing: [{ source, state: 'forbidden', message: `listing ${source} is forbidden` } as const] };
}

export const deployment = `
kind: Deployment
metadata: { name: web, namespace: shop, uid: d1 }
spec: { template: { spec: { containers: [{ name: web, image: 'web:2' }] } } }
`;
export const replicaSet = `
kind: ReplicaSet
metadata:
  name: web-1
  namespace: shop
  uid: r1
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { template: { spec: { containers: [{ name: web, image: 'web:1' }] } } }
`;
export const podOfReplicaSet = `
kind: Pod
metadata:
  name: web-1-a
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true }]
spec: { containers: [{ name: web, image: 'web:1' }] }
`;
