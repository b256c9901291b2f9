/** Manifests of a namespace `shop` for tests of the level advisor: pods and their makers at each level, smallest. */

/** Specs of pods, each of which passes its level and no stricter one. */
export const specs = {
  restricted:
    '{ securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }, containers: [{ name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }] }',
  baseline: '{ containers: [{ name: web }] }',
  privileged: '{ hostPID: true, containers: [{ name: web, securityContext: { privileged: true } }] }',
} as const;

export function namespace(labels = ''): string {
  return `
kind: Namespace
metadata: { name: shop, labels: { kubernetes.io/metadata.name: shop, ${labels} } }
---`;
}

/** @param metadata further fields, as `ownedBy` gives them */
export function pod(name: string, spec: string, metadata = ''): string {
  return `
kind: Pod
metadata: { name: ${name}, namespace: shop, ${metadata} }
spec: ${spec}
---`;
}

/** An object whose uid is its name. @param more further fields of the object, such as its status */
export function maker(kind: string, name: string, spec: string, metadata = '', more = ''): string {
  return `
kind: ${kind}
metadata: { name: ${name}, namespace: shop, uid: ${name}, generation: 2, ${metadata} }
spec: { template: { metadata: { labels: { app: ${name} } }, spec: ${spec} } }
${more}
---`;
}

export function cronJob(name: string, spec: string): string {
  return `
kind: CronJob
metadata: { name: ${name}, namespace: shop, uid: ${name} }
spec: { jobTemplate: { spec: { template: { spec: ${spec} } } } }
---`;
}

export function ownedBy(kind: string, name: string, apiVersion = 'apps/v1'): string {
  return `ownerReferences: [{ apiVersion: ${apiVersion}, kind: ${kind}, name: ${name}, uid: ${name}, controller: true }]`;
}

/** @param more further fields of the webhook */
export function webhookOnPods(more = ''): string {
  return `
kind: MutatingWebhookConfiguration
metadata: { name: injector }
webhooks:
  - { rules: [{ operations: [CREATE], apiGroups: [''], resources: [pods] }], ${more} }
---`;
}
