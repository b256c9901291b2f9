/** Prints the CustomResourceDefinitions from the schema constants of `src/api`. */
import { clusterHardeningExemption } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { clusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { clusterSecurityPosture } from '../api/v1alpha1/cluster-security-posture.ts';
import { hardeningExemption } from '../api/v1alpha1/hardening-exemption.ts';
import { hardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import { hardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import { CATEGORY, GROUP, shippedLabels, VERSION } from '../api/v1alpha1/group.ts';
import type { CrdDefinition } from '../api/v1alpha1/schema.ts';
import { securityPosture } from '../api/v1alpha1/security-posture.ts';
import { formatFile, printYaml } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

/** Every kind of Merlon's own. */
export const crdDefinitions: readonly CrdDefinition[] = [
  clusterHardeningExemption,
  clusterHardeningPolicy,
  clusterSecurityPosture,
  hardeningExemption,
  hardeningPolicy,
  hardeningRemediation,
  securityPosture,
];

/** A CustomResourceDefinition of apiextensions.k8s.io/v1, as an object. */
export function buildCrd(definition: CrdDefinition) {
  const { kind, plural, singular, shortNames, scope, columns, description, schema } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: crdName(definition), labels: shippedLabels },
    spec: {
      group: GROUP,
      names: { kind, plural, singular, shortNames, categories: [CATEGORY] },
      scope,
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              ...schema,
              description,
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                ...schema.properties,
              },
            },
          },
        },
      ],
    },
  };
}

export function crdName({ plural }: CrdDefinition): string {
  return `${plural}.${GROUP}`;
}

/** One file per kind, and the kustomization that names them. */
export async function buildCrdFiles(): Promise<GeneratedFile[]> {
  const fileName = ({ plural }: CrdDefinition): string => `${GROUP}_${plural}.yaml`;
  const header = (source: string): string => `# GENERATED from ${source} by "make generate".\n`;
  const crds = crdDefinitions.map((definition) =>
    formatFile(
      `crds/${fileName(definition)}`,
      header(`src/api/${VERSION}/${kebabCase(definition.kind)}.ts`) + printYaml(buildCrd(definition)),
    ),
  );
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: crdDefinitions.map(fileName).toSorted(),
  };
  return Promise.all([
    ...crds,
    formatFile('crds/kustomization.yaml', header('src/generate/crds.ts') + printYaml(kustomization)),
  ]);
}

/** `ClusterHardeningPolicy` is described in `cluster-hardening-policy.ts`. */
function kebabCase(kind: string): string {
  return kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
