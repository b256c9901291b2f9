/** What the shipped Deployment tells Node before the program, so that what is measured and shown is what people run. */
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

interface DeploymentManifest {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly args?: string[] }[] } };
  };
}

/** Relative to the repository. */
const deployment = 'config/manager/deployment.yaml';
const program = 'operator.mjs';

/** @returns as `--max-old-space-size=300` */
export function readShippedNodeFlags(): readonly string[] {
  const { spec } = load(readFileSync(deployment, 'utf8')) as DeploymentManifest;
  const args = spec.template.spec.containers[0]?.args ?? [];
  const position = args.indexOf(program);
  if (position === -1) throw new Error(`${deployment}: the arguments of the container do not name ${program}`);
  return args.slice(0, position);
}
