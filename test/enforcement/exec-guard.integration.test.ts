/** The exec guard as it is printed, in force on a real API server: who is let into which pod, and what he is told. */
import { expect } from 'chai';

import type { ApiClient } from '../support/api-client.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  addDebugContainer,
  applyYaml,
  askNode,
  connect,
  createDebugger,
  createPod,
  deletePod,
  escalating,
  grant,
  LET_IN,
  REFUSED,
  removeGuards,
  waitForAnswer,
} from './guarded-cluster.ts';
import type { Connection, Protocol } from './guarded-cluster.ts';
import { printGuards } from './printed-guards.ts';

const guardedNamespace = 'guarded';
/** The proxy of a pod that is on no node, to whoever is let in. */
const PROXIED = /^400 address not allowed$/;

describe('the exec guard, in force', () => {
  const cluster = useControlPlane({ own: {} });
  let ada: ApiClient;
  const ask = (pod: string, connection?: Connection, protocol?: Protocol): Promise<string> =>
    connect(ada, pod, connection, protocol);

  before('namespaces of every mode, pods of every kind, and somebody who may connect to them', async function () {
    this.timeout(120_000);
    const { client } = cluster();
    const label = (mode: string) => ({ 'merlon.dev/enforce': mode });
    await client.createNamespace(guardedNamespace, label('deny'));
    await client.createNamespace('recorded', label('audit'));
    await client.createNamespace('warned', label('warn'));
    await client.createNamespace('spared', label('off'));
    await client.createNamespace('kept-out', label('deny'));
    await client.createNamespace('unlabelled');
    for (const [name, fields] of Object.entries(escalating)) {
      await createPod(cluster(), `${guardedNamespace}/${name}`, fields);
    }
    await createPod(cluster(), `${guardedNamespace}/plain`);
    await createPod(cluster(), `${guardedNamespace}/host-network`, { hostNetwork: true });
    await createPod(cluster(), `${guardedNamespace}/debugged`);
    const privileged = { securityContext: { privileged: true } };
    bodyOf('debug', await addDebugContainer(client, `${guardedNamespace}/debugged`, 'debug', privileged));
    for (const one of ['recorded', 'warned', 'spared', 'kept-out', 'unlabelled']) {
      await createPod(cluster(), `${one}/privileged`, escalating['privileged']);
    }
    ada = await createDebugger(cluster(), 'ada');
    await enforce();
  });

  /** As printed, and in force. */
  async function enforce(options: Parameters<typeof printGuards>[0] = {}): Promise<void> {
    await applyYaml(cluster(), printGuards({ keptOut: ['kube-system', 'merlon', 'kept-out'], ...options }));
    await waitForAnswer(() => ask(`${guardedNamespace}/privileged`), REFUSED);
  }

  describe('in a namespace that is labelled deny', () => {
    const what: Readonly<Record<string, string>> = {
      privileged: 'container "main" is privileged',
      init: 'container "setup" is privileged',
      debugged: 'container "debug" is privileged',
      'host-pid': 'it sees the processes of its node',
      'host-ipc': 'it shares the memory of its node',
    };
    for (const [pod, why] of Object.entries(what)) {
      for (const connection of ['exec', 'attach'] as const) {
        it(`refuses ${connection} into the pod that is ${pod}, whatever the protocol, and says why`, async () => {
          for (const protocol of ['spdy', 'websocket'] as const) {
            expect(await ask(`${guardedNamespace}/${pod}`, connection, protocol)).to.equal(
              `403 pods "${pod}" is forbidden: ValidatingAdmissionPolicy 'merlon-exec-guard' with binding 'merlon-exec-guard-deny' denied request: ${connection} into pod "${pod}" is refused: ${why}; it takes the verb connect-privileged on pods/${connection}`,
            );
          }
        });
      }
    }

    it('names every reason', async () => {
      await createPod(cluster(), `${guardedNamespace}/both`, { ...escalating['privileged'], hostPID: true });
      await waitForAnswer(() => ask(`${guardedNamespace}/both`), / is privileged, it sees the processes of its node;/);
    });

    it('lets into plain pods, into those in the network of their node, and by what is not asked for', async () => {
      for (const protocol of ['spdy', 'websocket'] as const) {
        expect(await ask(`${guardedNamespace}/plain`, 'exec', protocol)).to.match(LET_IN);
        expect(await ask(`${guardedNamespace}/plain`, 'attach', protocol)).to.match(LET_IN);
        expect(await ask(`${guardedNamespace}/host-network`, 'exec', protocol)).to.match(LET_IN);
        expect(await ask(`${guardedNamespace}/privileged`, 'portforward', protocol)).to.match(LET_IN);
      }
    });

    it('says of a pod that is not there that it is not there', async () => {
      expect(await ask(`${guardedNamespace}/nobody`)).to.equal('404 pods "nobody" not found');
    });

    for (const connection of ['exec', 'attach'] as const) {
      it(`goes by what a pod is now, where it is created anew under its name, for ${connection}`, async () => {
        const pod = `${guardedNamespace}/again-${connection}`;
        await createPod(cluster(), pod, escalating['host-pid']);
        await waitForAnswer(() => ask(pod, connection), REFUSED);
        await deletePod(cluster(), pod);
        await createPod(cluster(), pod);
        await waitForAnswer(() => ask(pod, connection), LET_IN);
        await deletePod(cluster(), pod);
        await createPod(cluster(), pod, escalating['privileged']);
        await waitForAnswer(() => ask(pod, connection), REFUSED);
      });

      it(`refuses ${connection} into a plain pod as soon as it has a privileged debug container`, async () => {
        const pod = `${guardedNamespace}/plain-${connection}`;
        await createPod(cluster(), pod);
        await waitForAnswer(() => ask(pod, connection), LET_IN);
        bodyOf('debug', await addDebugContainer(cluster().client, pod, 'plain'));
        expect(await ask(pod, connection)).to.match(LET_IN);
        const privileged = { securityContext: { privileged: true } };
        bodyOf('debug', await addDebugContainer(cluster().client, pod, 'root', privileged));
        await waitForAnswer(() => ask(pod, connection), /^403 .*: container "root" is privileged; /);
      });
    }

    it('tells kubectl, too', async () => {
      const kubeconfig = await cluster().kubeconfigFor({ user: 'ada' });
      await createViewer(cluster());
      for (const args of [['attach'], ['exec', '--', 'id']]) {
        const [verb = '', ...command] = args;
        const said = [verb, '-n', guardedNamespace, 'privileged', ...command];
        const { code, stderr } = await cluster().kubectl(said, { kubeconfig });
        expect(code).to.equal(1);
        expect(stderr).to.contain(`${verb} into pod "privileged" is refused: container "main" is privileged`);
      }
    });

    it('leaves pods as they are to whoever changes or deletes them', async () => {
      const pods = cluster().client.resource('v1', 'pods', guardedNamespace);
      expect((await pods.patch('privileged', { metadata: { labels: { team: 'a' } } })).status).to.equal(200);
      await createPod(cluster(), `${guardedNamespace}/leaving`, escalating['privileged']);
      expect((await pods.delete('leaving')).status).to.equal(200);
    });
  });

  describe('lets through', () => {
    it('whoever is of system:masters, as they hold every verb', async () => {
      expect(await connect(cluster().client, `${guardedNamespace}/privileged`)).to.match(LET_IN);
      expect(await connect(cluster().client, `${guardedNamespace}/privileged`, 'attach')).to.match(LET_IN);
    });

    it('who holds every verb on a way into pods, by that way', async () => {
      const ruth = await createDebugger(cluster(), 'ruth');
      await grant(cluster(), 'ruth', [{ apiGroups: [''], resources: ['pods/attach'], verbs: ['*'] }]);
      await waitForAnswer(() => connect(ruth, `${guardedNamespace}/host-ipc`, 'attach'), LET_IN);
      expect(await connect(ruth, `${guardedNamespace}/host-ipc`)).to.match(REFUSED);
    });

    it('who holds the verb on that pod and that way into it, and to nothing else', async () => {
      const grace = await createDebugger(cluster(), 'grace');
      expect(await connect(grace, `${guardedNamespace}/privileged`)).to.match(REFUSED);
      const rbac = 'rbac.authorization.k8s.io';
      const metadata = { name: 'grace', namespace: guardedNamespace };
      const rules = [
        { apiGroups: [''], resources: ['pods/exec'], verbs: ['connect-privileged'], resourceNames: ['privileged'] },
      ];
      await cluster().client.create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules });
      await cluster().client.create({
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'grace' },
        subjects: [{ apiGroup: rbac, kind: 'User', name: 'grace' }],
      });
      await waitForAnswer(() => connect(grace, `${guardedNamespace}/privileged`), LET_IN);
      expect(await connect(grace, `${guardedNamespace}/privileged`, 'attach')).to.match(REFUSED);
      expect(await connect(grace, `${guardedNamespace}/host-pid`)).to.match(REFUSED);
    });
  });

  describe('in other namespaces', () => {
    for (const namespace of ['unlabelled', 'spared', 'kept-out']) {
      it(`refuses and records nothing in that which is ${namespace}`, async () => {
        const from = await cluster().readAuditPosition();
        expect(await ask(`${namespace}/privileged`)).to.match(LET_IN);
        expect(await recordedSince(from, namespace)).to.deep.equal([]);
      });
    }

    for (const namespace of ['recorded', 'warned']) {
      it(`trap 7: lets in where it is ${namespace}, and writes into the audit log what would be refused`, async () => {
        const from = await cluster().readAuditPosition();
        expect(await ask(`${namespace}/privileged`)).to.match(LET_IN);
        expect(await recordedSince(from, namespace)).to.deep.equal([
          {
            message:
              'exec into pod "privileged" is refused: container "main" is privileged; it takes the verb connect-privileged on pods/exec',
            policy: 'merlon-exec-guard',
            binding: 'merlon-exec-guard-audit',
            expressionIndex: 0,
            validationActions: ['Audit'],
          },
        ]);
      });
    }

    it('writes what is refused into the audit log, too', async () => {
      const from = await cluster().readAuditPosition();
      expect(await ask(`${guardedNamespace}/privileged`)).to.match(REFUSED);
      const [record] = await recordedSince(from, guardedNamespace);
      expect(record).to.deep.include({ validationActions: ['Deny', 'Audit'], binding: 'merlon-exec-guard-deny' });
    });

    it('follows a label that changes', async () => {
      const namespaces = cluster().client.resource('v1', 'namespaces');
      await namespaces.patch('unlabelled', { metadata: { labels: { 'merlon.dev/enforce': 'deny' } } });
      await waitForAnswer(() => ask('unlabelled/privileged'), REFUSED);
      await namespaces.patch('unlabelled', { metadata: { labels: { 'merlon.dev/enforce': null } } });
      await waitForAnswer(() => ask('unlabelled/privileged'), LET_IN);
    });

    async function recordedSince(from: number, namespace: string): Promise<readonly unknown[]> {
      const events = await cluster().readAudit({ from, resource: 'pods/exec', namespace });
      const failures = events.flatMap(
        ({ annotations }) => annotations?.['validation.policy.admission.k8s.io/validation_failure'] ?? [],
      );
      expect(events.length).to.be.greaterThan(0);
      return [...new Set(failures)].flatMap((text) => JSON.parse(text) as readonly unknown[]);
    }
  });

  describe('of what is in no namespace', () => {
    it('refuses nothing', async () => {
      const { client } = cluster();
      const metadata = { name: 'merlon-exec-guard-probe' };
      const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules: [] };
      await client.create(role);
      await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata });
      await client.create({ apiVersion: 'v1', kind: 'Node', metadata });
      expect(await askNode(ada, '/exec/guarded/privileged/main?command=id')).to.match(
        /^404 nodes "nowhere" not found$/,
      );
    });
  });

  describe('with all that it can guard besides', () => {
    before('deny', async () => {
      await enforce({ connections: ['portforward', 'proxy'], hostNetwork: true, ephemeralContainers: true });
      await waitForAnswer(() => ask(`${guardedNamespace}/host-network`, 'proxy'), REFUSED);
      // A policy of its own, which the API server may come to know later.
      let asked = 0;
      await waitForAnswer(async () => {
        asked += 1;
        const { status } = await addDebugContainer(ada, `${guardedNamespace}/host-ipc`, `asks-${asked}`);
        return String(status);
      }, /^403$/);
    });
    after('off', async () => {
      await removeGuards(cluster());
      await enforce();
      await waitForAnswer(() => ask(`${guardedNamespace}/host-network`), LET_IN);
    });

    it('refuses to forward ports, and the proxy', async () => {
      for (const protocol of ['spdy', 'websocket'] as const) {
        expect(await ask(`${guardedNamespace}/privileged`, 'portforward', protocol)).to.match(
          /portforward into pod "privileged" is refused: container "main" is privileged; .* on pods\/portforward$/,
        );
      }
      for (const port of ['host-pid', 'host-pid:8080', 'http:host-pid:8080', 'https:host-pid:', ':host-pid:8080']) {
        expect(await ask(`${guardedNamespace}/${port}`, 'proxy'), port).to.match(
          /^403 .*proxy into pod "host-pid" is refused/,
        );
      }
      for (const port of ['plain', 'plain:8080', 'http:plain:8080']) {
        expect(await ask(`${guardedNamespace}/${port}`, 'proxy'), port).to.match(PROXIED);
      }
      expect(await ask(`${guardedNamespace}/plain`, 'portforward')).to.match(LET_IN);
    });

    it('goes by the pod that the proxy leads to, also where one is called like a protocol or a port', async () => {
      for (const name of ['http', '8080']) {
        const pod = `${guardedNamespace}/${name}`;
        await createPod(cluster(), pod, escalating['privileged']);
        await waitForAnswer(() => ask(pod), REFUSED);
        for (const form of [name, `${name}:80`, `https:${name}:80`, `http:${name}:`, `${name}%3A80`]) {
          expect(await ask(`${guardedNamespace}/${form}`, 'proxy'), form).to.match(
            new RegExp(
              `^403 .*: proxy into pod "${name}" is refused: container "main" is privileged; .* on pods/proxy$`,
            ),
          );
        }
      }
      for (const form of ['plain:8080', 'http:plain:8080', 'plain:http', 'https:plain:http', 'http:plain:']) {
        expect(await ask(`${guardedNamespace}/${form}`, 'proxy'), form).to.match(PROXIED);
      }
    });

    it('lets to every port of a pod who holds the verb on it by its name, and not by the name of a port', async () => {
      const hedy = await createDebugger(cluster(), 'hedy');
      const proxy = { apiGroups: [''], resources: ['pods/proxy'], verbs: ['connect-privileged'] };
      const named = ['privileged', 'host-pid:18080', 'http:host-pid:18080', 'https'];
      await grant(cluster(), 'hedy', [{ ...proxy, resourceNames: named }]);
      await waitForAnswer(() => connect(hedy, `${guardedNamespace}/privileged`, 'proxy'), PROXIED);
      for (const form of ['privileged:18080', 'http:privileged:18080', 'https:privileged:', ':privileged:main']) {
        expect(await connect(hedy, `${guardedNamespace}/${form}`, 'proxy'), form).to.match(PROXIED);
      }
      for (const form of ['host-pid', 'host-pid:18080', 'http:host-pid:18080', 'https:init:443']) {
        expect(await connect(hedy, `${guardedNamespace}/${form}`, 'proxy'), form).to.match(REFUSED);
      }
      expect(await connect(hedy, `${guardedNamespace}/privileged`)).to.match(REFUSED);
    });

    it('refuses pods in the network of their node', async () => {
      expect(await ask(`${guardedNamespace}/host-network`)).to.match(/: it is in the network of its node; /);
    });

    it('refuses debug containers in escalating pods, and privileged ones everywhere, and no others', async () => {
      const answer = async (pod: string, container: object = {}): Promise<string> => {
        const { status, body } = await addDebugContainer(ada, `${guardedNamespace}/${pod}`, 'mine', container);
        return `${status} ${String(body['message'])}`;
      };
      expect(await answer('host-pid')).to.equal(
        `403 pods "host-pid" is forbidden: ValidatingAdmissionPolicy 'merlon-exec-guard-debug' with binding 'merlon-exec-guard-debug-deny' denied request: a debug container in pod "host-pid" is refused: it sees the processes of its node; it takes the verb connect-privileged on pods/ephemeralcontainers`,
      );
      expect(await answer('plain', { securityContext: { privileged: true } })).to.match(
        /container "mine" is privileged/,
      );
      expect(await answer('plain')).to.match(/^200 /);
    });

    it('leaves a pod with debug containers as it is to whoever changes nothing of them', async () => {
      const path = `/api/v1/namespaces/${guardedNamespace}/pods/debugged/ephemeralcontainers`;
      const body = { metadata: { annotations: { note: 'seen' } } };
      const contentType = 'application/merge-patch+json';
      expect((await ada.request('PATCH', path, { body, contentType })).status).to.equal(200);
    });
  });

  describe('with a break-glass group', () => {
    let oncall: ApiClient;
    before('deny', async () => {
      oncall = await createDebugger(cluster(), 'olga', ["on'call \\ 24/7", 'staff']);
      await enforce({ breakGlassGroups: ['nobody', "on'call \\ 24/7"] });
      await waitForAnswer(() => connect(cluster().client, `${guardedNamespace}/privileged`), REFUSED);
    });
    after('by verb again', async () => {
      await enforce();
      await waitForAnswer(() => connect(cluster().client, `${guardedNamespace}/privileged`), LET_IN);
    });

    it('lets its members through', async () => {
      expect(await connect(oncall, `${guardedNamespace}/privileged`)).to.match(LET_IN);
      expect(await connect(oncall, `${guardedNamespace}/privileged`, 'attach')).to.match(LET_IN);
    });

    it('and nobody else, system:masters and those who hold the verb included', async () => {
      expect(await connect(cluster().client, `${guardedNamespace}/privileged`)).to.equal(
        `403 pods "privileged" is forbidden: ValidatingAdmissionPolicy 'merlon-exec-guard' with binding 'merlon-exec-guard-deny' denied request: exec into pod "privileged" is refused: container "main" is privileged; only a break-glass group may`,
      );
      expect(await connect(cluster().client, `${guardedNamespace}/init`, 'attach')).to.match(REFUSED);
    });
  });

  describe('in namespaces without the label', () => {
    it('refuses by --mode deny, but not where the label says otherwise, and never where it is kept out', async () => {
      await enforce({ withoutLabel: 'deny' });
      await waitForAnswer(() => ask('unlabelled/privileged'), REFUSED);
      for (const other of ['recorded', 'warned', 'spared', 'kept-out']) {
        expect(await ask(`${other}/privileged`), other).to.match(LET_IN);
      }
      await enforce();
      await waitForAnswer(() => ask('unlabelled/privileged'), LET_IN);
    });
  });

  // At the end, as everybody has to be let in anew.
  describe('while the API server starts', () => {
    before('keep out system:masters, whom RBAC lets in from the beginning', async () => {
      await enforce({ breakGlassGroups: ['nobody'] });
      await waitForAnswer(() => connect(cluster().client, `${guardedNamespace}/privileged`), REFUSED);
    });

    it('trap 2: is closed, and never open; where it is off, nothing is refused', async function () {
      this.timeout(120_000);
      const { client: admin, apiServer } = cluster();
      await apiServer.stop();
      const starting = apiServer.start();
      const [guarded, unlabelled, keptOut] = await Promise.all([
        answersUntil(`${guardedNamespace}/privileged`, REFUSED),
        answersUntil('unlabelled/privileged', LET_IN),
        answersUntil('kept-out/privileged', LET_IN),
      ]);
      await starting;
      expect(guarded.filter((answer) => LET_IN.test(answer))).to.deep.equal([]);
      for (const other of [unlabelled, keptOut]) {
        expect(other.filter((answer) => /ValidatingAdmissionPolicy|paramKind/.test(answer))).to.deep.equal([]);
      }

      /** Every answer until it has come some times in a row, as it does once all is there. */
      async function answersUntil(pod: string, wanted: RegExp): Promise<readonly string[]> {
        const answers: string[] = [];
        await waitUntil(
          async () => {
            answers.push(await connect(admin, pod));
            return answers.length >= 20 && answers.slice(-20).every((answer) => wanted.test(answer));
          },
          { what: `the answer ${String(wanted)} to stay`, timeoutMs: 60_000 },
        );
        return answers;
      }
    });
  });
});

/** `kubectl attach` reads the pod first. */
async function createViewer({ client }: ControlPlane): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { name: 'viewer', namespace: guardedNamespace };
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  await client.create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules });
  await client.create({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'viewer' },
    subjects: [{ apiGroup: rbac, kind: 'User', name: 'ada' }],
  });
}
