/**
 * What one round of evidence costs: everything that the operator asks an API server of its own setup, with the rights that
 * it is installed with, requests without credentials and handshakes included.
 */
import { isObserved } from '../../src/core/evidence.ts';
import type { Fact, Unobserved } from '../../src/core/evidence.ts';
import { collectClientAuthorities } from '../../src/evidence/client-authorities.ts';
import { collectServer } from '../../src/evidence/collect-server.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { withoutCredentials } from '../../src/kube/cluster-config.ts';
import { readKubeconfig } from '../../src/kube/kubeconfig.ts';
import { openServerAccess } from '../../src/kube/server-access.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openHandshake } from '../../src/kube/tls-handshake.ts';
import { openTransport } from '../../src/kube/transport.ts';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { installBenchCluster } from './bench-cluster.ts';
import { say } from './progress.ts';
import { median, roundTo } from './statistics.ts';

export interface EvidenceCost {
  readonly rounds: number;
  /** Of Merlon's process, in user and kernel mode. The first round opens connections and finds no code compiled. */
  readonly firstCpuMs: number;
  readonly cpuMedianMs: number;
  readonly wallMedianMs: number;
  /** Of one round, as the API server's audit log counts them. */
  readonly requestsPerInstance: number;
  readonly facts: number;
  /** How many of them are known after it. */
  readonly knownFacts: number;
  readonly kubernetes: string;
}

const rounds = 20;
const version = 'bench-of-evidence';

export async function measureEvidence(): Promise<EvidenceCost> {
  const controlPlane = await installBenchCluster({ controllerManager: false });
  try {
    const path = await controlPlane.kubeconfigForServiceAccount(OPERATOR_NAMESPACE, OPERATOR_NAME);
    const config = await readKubeconfig({ path, context: undefined, environment: {}, homeFolder: '/nonexistent' });
    const options = { version, clock: systemClock, environment: {} };
    const transport = openTransport(config, options);
    const anonymous = openTransport(withoutCredentials(config), options);
    const access = openServerAccess({ transport, anonymous, handshake: openHandshake(config) });
    try {
      const costs: { readonly cpuMs: number; readonly wallMs: number; readonly requests: number }[] = [];
      let facts: readonly (Fact<unknown> | Unobserved)[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const from = await controlPlane.readAuditPosition();
        const [startedAtMs, cpu] = [performance.now(), process.cpuUsage()];
        // As for one of one: what is asked for all of them together belongs to it.
        const [readings, clientAuthorities] = await Promise.all([
          collectServer(access, { nonce: `bench-${round}`, nowMs: Date.now }),
          collectClientAuthorities(access.get),
        ]);
        facts = Object.values(concludeEvidence({ ...readings, clientAuthorities }));
        const { user, system } = process.cpuUsage(cpu);
        const wallMs = performance.now() - startedAtMs;
        costs.push({ cpuMs: (user + system) / 1000, wallMs, requests: await countRequests(controlPlane, from) });
      }
      const [first, ...others] = costs;
      say(`${rounds} rounds of evidence`);
      return {
        rounds,
        firstCpuMs: roundTo(0, first?.cpuMs ?? Number.NaN),
        cpuMedianMs: roundTo(0, median(others.map(({ cpuMs }) => cpuMs))),
        wallMedianMs: roundTo(0, median(others.map(({ wallMs }) => wallMs))),
        requestsPerInstance: Math.max(...costs.map(({ requests }) => requests)),
        facts: facts.length,
        knownFacts: facts.filter((fact) => isObserved(fact)).length,
        kubernetes: controlPlane.version,
      };
    } finally {
      access.close();
      transport.close();
      anonymous.close();
    }
  } finally {
    await controlPlane.stop();
  }
}

async function countRequests(controlPlane: ControlPlane, from: number): Promise<number> {
  const events = await controlPlane.readAudit({ from, stage: 'ResponseComplete' });
  return events.filter(({ userAgent = '' }) => userAgent.includes(version)).length;
}
