/**
 * A Secret in an environment variable is inherited by every child process and printed by whatever prints the environment;
 * as a file it is read by who opens it, and follows when it is changed.
 *
 * Source: CIS Kubernetes 5.4.1; https://kubernetes.io/docs/concepts/security/secrets-good-practices/#developers.
 */
import type { Container } from '../../core/pod-shape.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { findContainers } from '../../core/containers.ts';
import type { PlacedContainer } from '../../core/containers.ts';

export const secretEnvironment = defineRule({
  id: 'pod-secret-environment',
  title: 'Secrets must be mounted as files, not set as environment variables',
  severity: 'low',
  severityReason: 'It takes another flaw, such as a crash report that prints the environment, to make use of it.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  controls: ['cis-1.12/5.4.1', 'nsa/network-separation-and-hardening'],
  rationale:
    'Environments are inherited by child processes, printed in crash reports and logs, and shown by container runtimes; nobody can change them while the process runs, so that rotation needs a restart.',
  remediation:
    'Mount the Secret as a volume, read-only, and let the application read the file; many images take its name in a variable that ends in _FILE.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      env:
        - name: DB_PASSWORD
          valueFrom: { secretKeyRef: { name: db, key: password } }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  volumes:
    - { name: db, secret: { secretName: db } }
  containers:
    - name: web
      image: registry.example/web:1
      env:
        - { name: DB_PASSWORD_FILE, value: /run/secrets/db/password }
      volumeMounts:
        - { name: db, mountPath: /run/secrets/db, readOnly: true }
`,
  },

  check(pod) {
    return (findContainers(pod, hasSecret) ?? []).flatMap((placed) => [
      ...findVariables(placed),
      ...findSources(placed),
    ]);
  },
});

function hasSecret({ env, envFrom }: Container): boolean {
  return (
    env?.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined) === true ||
    envFrom?.some(({ secretRef }) => secretRef !== undefined) === true
  );
}

function findVariables({ path, container }: PlacedContainer): readonly Violation[] {
  return (container.env ?? []).flatMap(({ name, valueFrom }, index) => {
    const secret = valueFrom?.secretKeyRef;
    if (secret === undefined) return [];
    return violation(
      `${path}.env[${index}].valueFrom.secretKeyRef`,
      secret.name,
      `variable "${name}" of container "${container.name}" is a Secret; mount it as a file`,
    );
  });
}

function findSources({ path, container }: PlacedContainer): readonly Violation[] {
  return (container.envFrom ?? []).flatMap(({ secretRef }, index) => {
    if (secretRef === undefined) return [];
    return violation(
      `${path}.envFrom[${index}].secretRef`,
      secretRef.name,
      `every key of a Secret is a variable of container "${container.name}"; mount it as files`,
    );
  });
}
