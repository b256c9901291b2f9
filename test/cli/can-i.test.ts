/** `merlon can-i -f`: questions to files. */
import { join } from 'node:path';

import { expect } from 'chai';

import { askMerlon } from './questions.ts';
import type { Answer } from './questions.ts';
import { shopRbac, web } from './rbac-manifests.ts';
import { useScanFolder } from './scan-folder.ts';

const assumed = 'note: assumed: the API server runs with --authorization-mode=Node,RBAC\n';

describe('merlon can-i of files', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  const path = (name: string) => join(folder().path, name);

  async function ask(text: string, yaml = shopRbac): Promise<Answer> {
    await folder().write({ 'rbac.yaml': yaml });
    return askMerlon(['can-i', '-f', path('rbac.yaml'), ...text.split(' ')]);
  }

  it('prints yes, the binding and the rule', async () => {
    expect(await ask(`--as=${web} list pods -n shop`)).to.deep.equal({
      code: 0,
      stdout: `yes
RBAC: allowed by RoleBinding "readers/shop" of Role "pod-reader" to ServiceAccount "web/shop"
rule 0 of Role "pod-reader/shop": {verbs: [get, list, watch], apiGroups: [""], resources: [pods]}
`,
      stderr: assumed,
    });
  });

  it('prints no, and to whom nothing is granted', async () => {
    expect(await ask(`--as=${web} delete po -n shop`)).to.deep.equal({
      code: 1,
      stdout: `no
RBAC: no binding to "${web}" or to system:serviceaccounts, system:serviceaccounts:shop, system:authenticated grants it in namespace "shop"
`,
      stderr: assumed,
    });
  });

  it('takes what kubectl takes besides, and that RBAC does not look at', async () => {
    const args = `--as=${web} --as-uid=1 --as-user-extra=scopes=none list po -n shop`;
    expect((await ask(args)).code).to.equal((await ask(`--as=${web} list po -n shop`)).code);
  });

  it('does not know what a role allows that is not among the files', async () => {
    const { code, stdout, stderr } = await ask('--as=vera get deploy');
    expect([code, stdout]).to.deep.equal([4, 'unknown\n']);
    expect(stderr).to.equal(`note: ClusterRole "view" is not among the files\n${assumed}`);
  });

  describe('with --kubernetes-version', () => {
    const ofRelease =
      'assumed: roles and bindings of Kubernetes 1.37 are as it makes them, where the files do not hold them';

    it('takes the roles of Kubernetes for what that release makes, and says so', async () => {
      const { code, stdout, stderr } = await ask('--as=vera get deploy --kubernetes-version 1.37');
      expect(code).to.equal(0);
      expect(stdout).to.match(/^yes\nRBAC: allowed by ClusterRoleBinding ".*" of ClusterRole "view" to User "vera"\n/);
      expect(stderr).to.equal(
        `note: ClusterRole "view" is not among the files and taken as Kubernetes 1.37 makes it\n${assumed}note: ${ofRelease}\n`,
      );
    });

    it('does not know what a cluster has added to those that it fills in', async () => {
      const { code, stdout, stderr } = await ask('--as=vera delete deploy --kubernetes-version v1.37.2');
      expect([code, stdout]).to.deep.equal([4, 'unknown\n']);
      expect(stderr).to.contain('note: a cluster may add to ClusterRole "view" of Kubernetes 1.37\n');
    });

    it('takes their bindings, too', async () => {
      const { stdout } = await ask('--as=vera get /version --kubernetes-version 1.37');
      expect(stdout).to.match(/^yes\nRBAC: allowed by ClusterRoleBinding "system:/);
      expect((await ask('--as=vera get /version')).code).to.equal(4);
    });

    it('takes what the files hold as it is written', async () => {
      const yaml = `${shopRbac}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: view }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]
`;
      expect((await ask('--as=vera get deploy --kubernetes-version 1.37', yaml)).code).to.equal(1);
    });

    it('answers a line of a batch by it, and says so there', async () => {
      await folder().write({ 'rbac.yaml': shopRbac });
      const question = '{"user":"vera","verb":"get","group":"apps","resource":"deployments","namespace":"default"}';
      const args = ['can-i', '-f', path('rbac.yaml'), '--kubernetes-version', '1.37', '--batch', '-'];
      const { stdout } = await askMerlon(args, question);
      expect(JSON.parse(stdout)).to.deep.include({
        allowed: true,
        notes: ['ClusterRole "view" is not among the files and taken as Kubernetes 1.37 makes it'],
      });
    });

    it('is refused where there is no baseline, beside a dump of everything, and without files', async () => {
      expect((await ask('--as=vera get deploy --kubernetes-version 1.20')).stderr).to.contain('there is 1.');
      for (const text of ['1.20', 'latest', '2.37', '1.37 --whole-cluster']) {
        expect((await ask(`--as=vera get deploy --kubernetes-version ${text}`)).code, text).to.equal(2);
      }
      expect((await askMerlon(['can-i', 'get', 'pods', '--kubernetes-version', '1.37'])).code).to.equal(2);
    });
  });

  it('takes what is not in a dump of the whole cluster for what does not exist', async () => {
    const { code, stdout } = await ask('--as=vera get deploy --whole-cluster');
    expect([code, stdout]).to.deep.equal([1, 'no\nRBAC: clusterrole.rbac.authorization.k8s.io "view" not found\n']);
  });

  it('takes the rules of an aggregated role for what they are in a dump, and not in a manifest', async () => {
    const yaml = `${shopRbac}---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: view }
aggregationRule: { clusterRoleSelectors: [] }
rules: [{ apiGroups: [apps], resources: [deployments], verbs: [get] }]
`;
    expect((await ask('--as=vera get deploy', yaml)).code).to.equal(4);
    expect((await ask('--as=vera get deploy --whole-cluster', yaml)).code).to.equal(0);
  });

  it('says as JSON what it says as text, and whether it is of use', async () => {
    const { code, stdout } = await ask(`--as=${web} list nodes -n shop -o json`);
    expect(code).to.equal(0);
    const answer = JSON.parse(stdout) as object;
    expect(answer).to.deep.include({
      answer: 'yes',
      allowed: true,
      effective: false,
      binding: { kind: 'RoleBinding', namespace: 'shop', name: 'nodes' },
      role: { kind: 'ClusterRole', name: 'node-reader' },
      rule: 0,
      granted: { verbs: ['get', 'list'], apiGroups: [''], resources: ['nodes'] },
      request: { verb: 'list', group: '', resource: 'nodes', subresource: '', name: '', namespace: 'shop' },
    });
    expect(JSON.parse((await ask('--as=vera get deploy -o json')).stdout)).not.to.have.property('allowed');
  });

  it('prints nothing with --quiet, and exits with the answer', async () => {
    expect(await ask(`--as=${web} list pods -n shop -q`)).to.include({ code: 0, stdout: '' });
    expect(await ask(`--as=${web} list secrets -n shop -q`)).to.include({ code: 1, stdout: '' });
  });

  it('hints at what kubectl’s grammar makes of a subresource and of several verbs', async () => {
    expect((await ask(`--as=${web} create pods/exec -n shop`)).stderr).to.contain(
      'hint: "pods/exec" means pods with the name "exec"',
    );
    const several = await ask(`--as=${web} get,list pods -n shop`);
    expect(several.code).to.equal(1);
    expect(several.stderr)
      .to.contain('hint: "get,list" is one verb')
      .and.contain("Warning: verb 'get,list' is not a known verb\n");
  });

  it('takes a resource that Kubernetes has not by its group, and says so', async () => {
    const yaml = shopRbac.replace(
      'apiGroups: [""], resources: [pods],',
      'apiGroups: [example.com], resources: [gizmos],',
    );
    const { code, stderr } = await ask(`--as=${web} list gizmos.example.com -n shop`, yaml);
    expect(code).to.equal(0);
    expect(stderr).to.contain(
      "Warning: Kubernetes itself has no resource type 'gizmos' in group 'example.com'; it is taken literally",
    );
  });

  it('does not know what other authorizers allow, where there are some', async () => {
    const { code, stdout, stderr } = await ask(`--as=${web} list secrets --authorization-mode Node,RBAC,Webhook`);
    expect([code, stdout, stderr]).to.deep.equal([4, 'unknown\n', 'note: a webhook authorizer may allow or deny it\n']);
    expect((await ask(`--as=${web} list secrets --authorization-mode AlwaysAllow`)).code).to.equal(0);
  });

  it('prints names that a terminal would obey as what they are', async () => {
    const yaml = shopRbac
      .replace('name: pod-reader, namespace', 'name: "pod\\e[2Jreader", namespace')
      .replace('kind: Role, name: pod-reader', 'kind: Role, name: "pod\\e[2Jreader"');
    const { code, stdout } = await ask(`--as=${web} list pods -n shop`, yaml);
    expect(code).to.equal(0);
    expect(stdout).not.to.contain('\x1b');
  });

  it('reads dumps, folders and standard input', async () => {
    await folder().write({
      'dump/list.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRole',
            metadata: { name: 'a' },
            rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
          },
        ],
      }),
    });
    const binding = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: a }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: a }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: ada }]
`;
    const answer = await askMerlon(['can-i', '-f', path('dump'), '-f', '-', '--as', 'ada', 'get', 'pods'], binding);
    expect(answer).to.include({ code: 0 });
  });

  describe('with bad input', () => {
    it('never says no where something could not be read, and exits with 3', async () => {
      const broken = `${shopRbac}---\nkind: [`;
      const { code, stdout, stderr } = await ask(`--as=${web} list secrets -n shop`, broken);
      expect([code, stdout]).to.deep.equal([3, 'unknown\n']);
      expect(stderr).to.match(/rbac\.yaml:\d+: /);
      expect(await ask(`--as=${web} list pods -n shop -q`, broken)).to.include({ code: 3 });
    });

    it('never says no where there is nothing about RBAC at all', async () => {
      const { code, stdout, stderr } = await ask(
        '--as=eve list pods',
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n',
      );
      expect([code, stdout]).to.deep.equal([3, 'unknown\n']);
      expect(stderr).to.contain('no role and no binding in ');
    });

    it('names a role of an API version that there is not', async () => {
      const { code, stderr } = await ask(
        `--as=${web} list pods -n shop`,
        shopRbac.replace('rbac.authorization.k8s.io/v1\nkind: Role\n', 'v1\nkind: Role\n'),
      );
      expect(code).to.equal(3);
      expect(stderr).to.contain('Kubernetes knows no Role in "v1"');
    });

    const rows: readonly (readonly [sentence: string, yaml: string, code: number])[] = [
      ['a subject of an unknown kind is nobody', shopRbac.replaceAll('kind: ServiceAccount', 'kind: Robot'), 1],
      ['a binding without subjects is nobody’s', shopRbac.replaceAll(/^subjects: .*$/gm, ''), 1],
      ['subjects that are no list may be anybody', shopRbac.replace(/subjects: .*web }]/, 'subjects: web'), 4],
      ['a role without rules grants nothing', shopRbac.replace(/rules:\n.*\n.*log.*\n/, ''), 1],
      ['rules that are no list may grant it', shopRbac.replace(/rules:\n.*\n.*log.*\n/, 'rules: all\n'), 4],
      ['a binding without a role may grant it', shopRbac.replace(/roleRef: .*pod-reader }/, ''), 4],
      [
        'a role of another namespace is missing',
        shopRbac.replace('pod-reader, namespace: shop', 'pod-reader, namespace: bank'),
        4,
      ],
      ['a role of another kind is no role', shopRbac.replace('kind: Role, name', 'kind: Roll, name'), 1],
    ];
    for (const [sentence, yaml, code] of rows) {
      it(sentence, async () => {
        expect(yaml).not.to.equal(shopRbac);
        const answer = await ask(`--as=${web} list pods -n shop`, yaml);
        expect(answer.code, answer.stderr).to.equal(code);
      });
    }

    it('does not take for a dump what no cluster stores', async () => {
      const { code, stdout, stderr } = await ask(
        `--as=${web} list pods -n shop --whole-cluster`,
        shopRbac.replace(/subjects: .*web }]/, 'subjects: web'),
      );
      expect([code, stdout]).to.deep.equal([3, 'unknown\n']);
      expect(stderr).to.contain('RoleBinding is malformed: no cluster stores it so');
    });
  });

  describe('--list', () => {
    it('prints the table of kubectl', async () => {
      const { code, stdout } = await ask(`--list --as=${web} -n shop`);
      expect(code).to.equal(0);
      expect(stdout).to.equal(`Resources   Non-Resource URLs   Resource Names   Verbs
pods        []                  []               [get list watch]
nodes       []                  []               [get list]
pods/log    []                  []               [get]
`);
      const bare = await ask(`--list --no-headers --as=${web} -n shop`);
      expect(bare.stdout).to.match(/^pods +\[\]/);
    });

    it('says what may be missing from it, and exits with 4', async () => {
      const { code, stderr } = await ask('--list --as=vera');
      expect(code).to.equal(4);
      expect(stderr).to.contain('unknown: ClusterRole "view" is not among the files\n');
    });
  });

  const refused: readonly (readonly [sentence: string, args: string, stderr: RegExp])[] = [
    ['files are asked for nobody', 'list pods', /^error: files do not say who you are: give --as\n/],
    ['there is no resource', '--as=jane list', /^error: say what to ask: a verb and a resource/],
    ['there is a word too much', '--as=jane list pods web', /^error: say what to ask/],
    [
      'a URL has a subresource',
      '--as=jane get /healthz --subresource log',
      /^error: --subresource does not go with a URL/,
    ],
    ['--list has a question', '--as=jane --list get pods', /^error: --list takes no arguments/],
    ['--list is quiet', '--as=jane --list -q', /^error: --list goes with neither/],
    ['--no-headers stands alone', '--as=jane get pods --no-headers', /^error: --no-headers goes with --list/],
    ['groups are nobody’s', '--as-group=devs get pods', /^error: --as-group goes with --as/],
    ['two scopes are named', '--as=jane get pods -n shop -A', /^error: --namespace and --all-namespaces exclude/],
    ['files have a kubeconfig', '--as=jane get pods --kubeconfig k', /^error: --kubeconfig goes with a live cluster/],
    [
      'there is no such authorizer',
      '--as=jane get pods --authorization-mode Rbac',
      /^error: --authorization-mode: there is no mode "Rbac"/,
    ],
    ['a batch has a question of its own', '--batch q.jsonl --as=jane', /^error: with --batch each line says/],
  ];
  for (const [sentence, args, wanted] of refused) {
    it(`exits with 2 where ${sentence}`, async () => {
      const { code, stdout, stderr } = await ask(args);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(wanted);
    });
  }

  it('exits with 2 where standard input is wanted twice, or the whole cluster without files', async () => {
    expect((await askMerlon(['can-i', '--batch', '-', '-f', '-'])).code).to.equal(2);
    expect((await askMerlon(['can-i', 'get', 'pods', '--whole-cluster'])).code).to.equal(2);
  });
});
