/**
 * At which addresses the API servers of a cluster answer for themselves: each enters its own into the EndpointSlice of
 * Service `kubernetes`, which is what the Service's address leads to.
 *
 * One GET a round; needs `get` on that EndpointSlice.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/controlplane/reconcilers (one slice with the Service's name, port `https`).
 */
import { hasMalformedField, project } from '../core/project.ts';
import { integer, list, message, string, value } from '../core/shape.ts';
import type { Infer } from '../core/shape.ts';
import { buildEndpoint } from './endpoint.ts';
import { messageOf, missingObject } from './reading.ts';
import type { Get, Reading } from './reading.ts';

const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
const name = 'EndpointSlice default/kubernetes';

const shape = message({
  endpoints: value(2, list(message({ addresses: value(1, list(string)) }))),
  ports: value(3, list(message({ name: value(1, string), port: value(3, integer) }))),
});

/** @returns addresses as `10.0.0.5:6443`, each once, sorted; none where the cluster names none */
export async function collectServerAddresses(get: Get): Promise<Reading<readonly string[]>> {
  try {
    const { status, body } = await get(path, { accept: 'application/json' });
    if (status === 404) return { read: [] };
    if (status !== 200) return missingObject(name, status);
    return readAddresses(body);
  } catch (error) {
    return { missing: `reading ${name} was not answered: ${messageOf(error)}` };
  }
}

function readAddresses(body: string): Reading<readonly string[]> {
  const slice = parseSlice(body);
  if (slice === undefined) return { missing: `${name} is malformed` };
  const { endpoints = [], ports = [] } = slice;
  // One that says that it is not ready is one all the same.
  const hosts = endpoints.flatMap(({ addresses = [] }) => addresses);
  if (hosts.length === 0) return { read: [] };
  const { port } = ports.find((one) => one.name === 'https') ?? (ports.length === 1 ? ports[0] : undefined) ?? {};
  if (port === undefined) return { missing: `${name} has no port "https"` };
  const addresses = hosts.map((host) => buildEndpoint(host, port));
  const known = addresses.filter((address) => address !== undefined);
  return known.length < addresses.length
    ? { missing: `${name} is malformed: not every address is one` }
    : { read: [...new Set(known)].toSorted() };
}

function parseSlice(body: string): Infer<typeof shape> | undefined {
  try {
    const slice = project(shape, JSON.parse(body));
    return hasMalformedField(slice) ? undefined : slice;
  } catch {
    return undefined;
  }
}
