/** What the suites about the operator share: a control plane with Merlon installed, and operators that end with the test. */
import type { ClusterSecurityPosture } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import { CLUSTER_POSTURE_NAME } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import { POSTURE_NAME } from '../../src/api/v1alpha1/security-posture.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import { writeVerbs } from '../support/audit-log.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import type { Cluster } from '../support/cluster.ts';
import type { ControlPlane, ControlPlaneOptions } from '../support/control-plane.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { install } from './installation.ts';
import { OperatorProcess, operatorProgram, operatorUser, writeTokenFolder } from './operator-process.ts';

export interface OperatorSuite {
  readonly cluster: ControlPlane;
  readonly client: ApiClient;
  /** Starts an operator and waits until it has written everything. */
  startOperator(flags?: readonly string[]): Promise<OperatorProcess>;
  /** Starts one and waits for nothing. @param url where it is told that the API server is */
  launchOperator(flags?: readonly string[], url?: string): Promise<OperatorProcess>;
  /** Starts one, and another whenever it ends by itself, as a kubelet would: until the operators are killed. */
  keepOperatorRunning(flags?: readonly string[]): Promise<void>;
}

const operatorDeadlineMs = 240_000;
const startTimeoutMs = 20_000;
const installTimeoutMs = 60_000;

export interface SuiteOptions extends ControlPlaneOptions {
  /** When the operators that were started are killed, if nobody has ended them; by default after each test. */
  readonly operatorsEndAfter?: 'each test' | 'all tests';
}

/** Call it inside `describe`. */
export function useOperatorSuite({ operatorsEndAfter = 'each test', ...own }: SuiteOptions = {}): OperatorSuite {
  const emulation = own.emulatedVersion === undefined ? [] : (['emulation'] as const);
  const cluster = useControlPlane({ own, needs: ['restart', 'audit-log', 'controller-manager', ...emulation] });
  const running = new Set<OperatorProcess>();
  let isKept = false;
  let relaunched: Promise<unknown> = Promise.resolve();
  let tokenFolder = '';

  before('install Merlon', async function () {
    this.timeout(installTimeoutMs);
    await install(cluster());
    tokenFolder = await writeTokenFolder(cluster());
  });
  afterEach('end the operators of the test', async () => {
    if (operatorsEndAfter === 'each test') await killAll();
  });
  after('end the operators of the suite', async () => {
    await killAll();
  });

  async function killAll(): Promise<void> {
    isKept = false;
    await relaunched;
    await Promise.all([...running].map((operator) => operator.kill()));
  }

  async function startOperator(flags?: readonly string[]): Promise<OperatorProcess> {
    const operator = await launchOperator(flags);
    await operator.whileRunning(untilLogged(operator, 'everything is judged'));
    return operator;
  }

  function keep(operator: OperatorProcess, flags?: readonly string[]): void {
    void operator.exited.then(() => {
      if (isKept)
        relaunched = launchOperator(flags).then((next) => {
          keep(next, flags);
        });
    });
  }

  async function launchOperator(flags: readonly string[] = [], url?: string): Promise<OperatorProcess> {
    const operator = await OperatorProcess.start(cluster(), {
      program: operatorProgram,
      flags,
      tokenFolder,
      ...(url === undefined ? {} : { url }),
      deadlineMs: operatorDeadlineMs,
    });
    running.add(operator);
    void operator.exited.then(() => running.delete(operator));
    return operator;
  }

  return {
    get cluster() {
      return cluster();
    },
    get client() {
      return cluster().client;
    },
    launchOperator,
    startOperator,
    async keepOperatorRunning(flags) {
      isKept = true;
      keep(await startOperator(flags), flags);
    },
  };
}

/**
 * Somebody whom the policy that guards Merlon's objects takes for Merlon, though he is not: what he does anybody may do
 * where no such policy is served.
 */
export function forgerOf(cluster: Cluster): Promise<ApiClient> {
  return cluster.clientFor({ user: 'system:serviceaccount:forgers:merlon', groups: ['system:masters'] });
}

/** Waits for a message in the operator's log. */
export async function untilLogged(operator: OperatorProcess, message: string): Promise<void> {
  await waitUntil(() => operator.records.some((record) => record.message === message), {
    what: `the operator to log "${message}"`,
    timeoutMs: startTimeoutMs,
  });
}

/** @returns undefined where there is none */
export async function readPosture(client: ApiClient, namespace: string): Promise<SecurityPosture | undefined> {
  const response = await client.resource<SecurityPosture>(API_VERSION, 'securitypostures', namespace).get(POSTURE_NAME);
  return response.status === 404 ? undefined : bodyOf(`read the posture of "${namespace}"`, response);
}

/** @returns undefined where there is none */
export async function readClusterPosture(client: ApiClient): Promise<ClusterSecurityPosture | undefined> {
  const postures = client.resource<ClusterSecurityPosture>(API_VERSION, 'clustersecuritypostures');
  const response = await postures.get(CLUSTER_POSTURE_NAME);
  return response.status === 404 ? undefined : bodyOf('read the posture of the cluster', response);
}

/**
 * What the cluster's posture says that it could not read; without the address of the API server, which is a loopback one
 * here, as EndpointSlices never name.
 */
export async function readUnreadInputs(client: ApiClient): Promise<readonly object[]> {
  const { inputs = [] } = (await readClusterPosture(client))?.status ?? {};
  return inputs.filter(({ source, state }) => state !== 'observed' && source !== 'APIServer');
}

export type NamespaceStatus = NonNullable<SecurityPosture['status']>;

/**
 * Waits until the posture of a namespace is as wanted; a condition that throws is asked again.
 * @returns its status
 */
export async function untilPosture(
  client: ApiClient,
  namespace: string,
  what: string,
  condition: (status: NamespaceStatus) => unknown,
): Promise<NamespaceStatus> {
  return waitUntil(
    async () => {
      const status = (await readPosture(client, namespace))?.status;
      if (status === undefined) throw new Error('it does not exist');
      const result = condition(status);
      if (result === false) throw new Error(JSON.stringify({ ...status, findings: status.findings?.length }));
      return status;
    },
    { what: `the posture of "${namespace}" ${what}` },
  );
}

/** What the operator wrote since a position of the audit log, refused writes included. */
export async function readWrites(cluster: Cluster, from: number): Promise<AuditEvent[]> {
  const events = await cluster.readAudit({ user: operatorUser, verbs: writeVerbs, from });
  return events.filter(({ objectRef }) => objectRef?.apiGroup === 'merlon.dev');
}

export function conditionOf(
  status: { readonly conditions?: NamespaceStatus['conditions'] } | undefined,
  type: string,
): NonNullable<NamespaceStatus['conditions']>[number] | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
