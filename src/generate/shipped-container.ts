/** What the shipped Deployment tells Node and the system, so that what is compiled, measured and shown is what people run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

interface DeploymentManifest {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
}
interface Container {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

export interface ShippedContainer {
  /** Of Node, the program and of the operator. */
  readonly args: readonly string[];
  /** As `--max-old-space-size=300`. */
  readonly nodeFlags: readonly string[];
  /** The variables that have a value of their own. */
  readonly environment: Readonly<Record<string, string>>;
}

/** From the root of the repository. */
const deployment = 'config/manager/deployment.yaml';
const program = 'operator.mjs';

/** @throws {Error} if there is no such file, or if its container does not start the operator */
export function readShippedContainer(root: string): ShippedContainer {
  const { spec } = load(readFileSync(join(root, deployment), 'utf8')) as DeploymentManifest;
  const [container] = spec.template.spec.containers;
  if (container === undefined) throw new Error(`${deployment}: there is no container`);
  const { args = [], env = [] } = container;
  const position = args.indexOf(program);
  if (position === -1) throw new Error(`${deployment}: the arguments of the container do not name ${program}`);
  return {
    args,
    nodeFlags: args.slice(0, position),
    environment: Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
  };
}
