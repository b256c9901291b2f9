/** What the shipped Deployment tells Node and the system, so that what is measured and shown is what people run. */
import { readFileSync } from 'node:fs';
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

/** Relative to the repository. */
const deployment = 'config/manager/deployment.yaml';
const program = 'operator.mjs';

/** @returns as `--max-old-space-size=300` */
export function readShippedNodeFlags(): readonly string[] {
  const { args = [] } = readContainer();
  const position = args.indexOf(program);
  if (position === -1) throw new Error(`${deployment}: the arguments of the container do not name ${program}`);
  return args.slice(0, position);
}

/** @returns the variables of the container that have a value of their own */
export function readShippedEnvironment(): Readonly<Record<string, string>> {
  const { env = [] } = readContainer();
  return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

function readContainer(): Container {
  const { spec } = load(readFileSync(deployment, 'utf8')) as DeploymentManifest;
  const [container] = spec.template.spec.containers;
  if (container === undefined) throw new Error(`${deployment}: there is no container`);
  return container;
}
