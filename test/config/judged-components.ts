/** Components as they are shipped, judged by every rule in force, with the exemptions of config/exemptions. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { load, loadAll } from 'js-yaml';

import type { ClusterHardeningExemption } from '../../src/api/v1alpha1/cluster-hardening-exemption.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { Finding } from '../../src/core/finding.ts';
import { kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { project } from '../../src/core/project.ts';
import { judgeExempted } from './exempted-findings.ts';
import type { Manifest } from '../core/yaml-objects.ts';

const exemptionFolder = join(import.meta.dirname, '../../config/exemptions');
const componentFolder = join(import.meta.dirname, 'components');

/** The names of the packs, which are those of their files. */
export function listPacks(): readonly string[] {
  const { resources } = load(readFileSync(join(exemptionFolder, 'kustomization.yaml'), 'utf8')) as {
    readonly resources: readonly string[];
  };
  return resources.map((file) => file.replace(/\.yaml$/, ''));
}

export function listPackFiles(): readonly string[] {
  return readdirSync(exemptionFolder);
}

export function readPack(pack: string): readonly ClusterHardeningExemption[] {
  return loadAll(readFileSync(join(exemptionFolder, `${pack}.yaml`), 'utf8')) as ClusterHardeningExemption[];
}

/** What a vendor ships, fresh at each call: it may be changed. */
export function readComponents(pack: string): Component[] {
  return loadAll(readFileSync(join(componentFolder, `${pack}.yaml`), 'utf8')) as Component[];
}

export interface Component extends Manifest {
  readonly metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  readonly spec: {
    readonly template: { readonly spec: ComponentPod };
  } & ComponentPod;
}
interface ComponentPod {
  readonly containers: ComponentContainer[];
  hostIPC?: boolean;
}
interface ComponentContainer {
  name: string;
  image: string;
  securityContext?: Record<string, unknown>;
}

export interface JudgedComponents {
  readonly findings: readonly Finding[];
  /** By exemption, the rules of what it exempts. */
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param isWholeCluster whether there is nothing else, or these are files that say nothing about the rest */
export function judgeComponents(
  pack: string,
  components: readonly Component[],
  isWholeCluster: boolean,
): JudgedComponents {
  const objects = Object.fromEntries(
    [...Map.groupBy(components, ({ kind }) => kind)].map(([kind, some]) => [
      kind,
      some.map((one) => project(kinds[kind].shape, one)),
    ]),
  );
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster });
  const exemptions = readPack(pack);
  const namespaces = new Set(components.map(({ metadata }) => metadata.namespace ?? metadata.name));
  const judged = [...namespaces].map((namespace) =>
    judgeExempted({ namespace, snapshot, exemptions, terms: DEFAULT_EXEMPTION_TERMS }),
  );
  const uses = new Map<string, Set<string>>();
  for (const [{ name }, { matches }] of judged.flatMap((one) => [...one.uses])) {
    uses.set(name, new Set([...(uses.get(name) ?? []), ...matches.map(({ rule }) => rule)]));
  }
  return { findings: judged.flatMap(({ findings }) => findings), uses };
}
