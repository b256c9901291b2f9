import { expect } from 'chai';
import { MalformedField } from '../../src/core/shape.ts';
import { findKindMistake, projectManifest } from '../../src/scan/judged-object.ts';
import { Keeper } from '../../src/scan/keeper.ts';
import { readOne, readText } from './read-text.ts';

describe('projectManifest', () => {
  const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
    ['v1', 'Pod'],
    ['v1', 'Namespace'],
    ['v1', 'ServiceAccount'],
    ['v1', 'ReplicationController'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['batch/v1', 'Job'],
    ['batch/v1', 'CronJob'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['extensions/v1beta1', 'Deployment'],
    ['extensions/v1beta1', 'DaemonSet'],
    ['extensions/v1beta1', 'ReplicaSet'],
    ['extensions/v1beta1', 'PodSecurityPolicy'],
    ['policy/v1beta1', 'PodSecurityPolicy'],
    ['apps/v1beta1', 'Deployment'],
    ['apps/v1beta1', 'StatefulSet'],
    ['apps/v1beta2', 'Deployment'],
    ['apps/v1beta2', 'DaemonSet'],
    ['apps/v1beta2', 'ReplicaSet'],
    ['apps/v1beta2', 'StatefulSet'],
    ['batch/v1beta1', 'CronJob'],
    ['batch/v2alpha1', 'CronJob'],
    ['rbac.authorization.k8s.io/v1beta1', 'Role'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
    ['admissionregistration.k8s.io/v1beta1', 'MutatingWebhookConfiguration'],
    ['apiregistration.k8s.io/v1', 'APIService'],
    ['apiregistration.k8s.io/v1beta1', 'APIService'],
    ['rbac.authorization.k8s.io/v1alpha1', 'ClusterRoleBinding'],
  ];
  for (const [apiVersion, kind] of kinds) {
    it(`judges ${kind} of ${apiVersion}`, async () => {
      const judged = projectManifest(
        await readOne(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`),
        new Keeper(),
      );
      expect(judged?.kind).to.equal(kind);
    });
  }

  const others: readonly (readonly [apiVersion: string, kind: string])[] = [
    ['v1', 'Deployment'],
    ['apps/v1', 'Pod'],
    ['apps/v3', 'Deployment'],
    ['policy/v1', 'PodSecurityPolicy'],
    ['apps/v1beta1', 'DaemonSet'],
    ['v1', 'ConfigMap'],
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'],
    ['cert-manager.io/v1', 'Certificate'],
    ['example.com/v1', 'Deployment'],
    ['constructor', 'Deployment'],
    ['v1', 'toString'],
    ['v1', '__proto__'],
  ];
  for (const [apiVersion, kind] of others) {
    it(`does not judge ${kind} of ${apiVersion}`, async () => {
      const manifest = await readOne(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`);
      expect(projectManifest(manifest, new Keeper())).to.equal(undefined);
    });
  }

  const names: readonly (readonly [sentence: string, text: string, metadata: object])[] = [
    [
      'puts what names no namespace into default',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
      { name: 'a', namespace: 'default' },
    ],
    [
      'leaves a namespace alone',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\n',
      { name: 'a', namespace: 'b' },
    ],
    ['gives a kind without namespaces none', 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n', { name: 'a' }],
    [
      'takes from a kind without namespaces the one that it names',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a, namespace: b}\n',
      { name: 'a' },
    ],
    [
      'names what is to be named by the API server',
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n',
      { name: 'a-*', namespace: 'default' },
    ],
  ];
  for (const [sentence, text, metadata] of names) {
    it(sentence, async () => {
      expect(projectManifest(await readOne(text), new Keeper())?.object.metadata).to.deep.equal(metadata);
    });
  }

  it('keeps a field of a wrong type from being read as absent', async () => {
    const pod = await readOne(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: "yes", containers: [{name: b}]}\n',
    );
    const judged = projectManifest(pod, new Keeper());
    if (judged?.kind !== 'Pod') throw new Error('expected a pod');
    expect(() => judged.object.spec.hostPID).to.throw(
      MalformedField,
      'field "spec.hostPID" must be a boolean, found the string "yes"',
    );
    expect(judged.object.spec.hostIPC).to.equal(undefined);
  });
  it('fills in of webhooks of v1beta1 what they meant where they said nothing', async () => {
    const webhooks = (version: string) =>
      `apiVersion: admissionregistration.k8s.io/${version}\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\nwebhooks: [{name: b}, {name: c, failurePolicy: Fail, timeoutSeconds: 5}, d]\n`;
    const policiesOf = async (version: string) => {
      const judged = projectManifest(await readOne(webhooks(version)), new Keeper());
      if (judged?.kind !== 'ValidatingWebhookConfiguration') throw new Error('expected webhooks');
      return judged.object.webhooks
        ?.slice(0, 2)
        .map(({ failurePolicy, timeoutSeconds }) => [failurePolicy, timeoutSeconds]);
    };
    expect(await policiesOf('v1beta1')).to.deep.equal([
      ['Ignore', 30],
      ['Fail', 5],
    ]);
    expect(await policiesOf('v1')).to.deep.equal([
      [undefined, undefined],
      ['Fail', 5],
    ]);
  });
  it('reads the user * of rbac v1alpha1 as everybody who is authenticated', async () => {
    const binding = await readOne(
      'apiVersion: rbac.authorization.k8s.io/v1alpha1\nkind: ClusterRoleBinding\nmetadata: {name: a}\nroleRef: {kind: ClusterRole, name: b}\nsubjects:\n- {kind: User, name: "*"}\n- {kind: User, name: c}\n',
    );
    const judged = projectManifest(binding, new Keeper());
    if (judged?.kind !== 'ClusterRoleBinding') throw new Error('expected a binding');
    expect(judged.object.subjects?.map(({ kind, name }) => [kind, name])).to.deep.equal([
      ['Group', 'system:authenticated'],
      ['User', 'c'],
    ]);
  });
  it('keeps the lines of what rules see, and no others', async () => {
    const pod = await readOne(
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  finalizers: [b]\nspec:\n  hostPID: false\n  containers:\n  - name: d\n    stdin: true\n    securityContext:\n      privileged: true\n',
    );
    const place = projectManifest(pod, new Keeper())?.place;
    expect([place?.path, place?.line]).to.deep.equal(['-', 1]);
    expect(place?.lineOf('spec.containers[0].securityContext.privileged')).to.equal(12);
    // What is as good as absent has a line all the same.
    expect(place?.lineOf('spec.hostPID')).to.equal(7);
    expect(place?.lineOf('spec.containers[0].stdin')).to.equal(9);
    expect(place?.lineOf('metadata.finalizers')).to.equal(3);
  });
  it('fills in what the API server would, on the line of what it stands in', async () => {
    const pod = await readOne(
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostNetwork: true\n  volumes:\n  - name: v\n  containers:\n  - name: b\n    ports:\n    - containerPort: 80\n',
    );
    const judged = projectManifest(pod, new Keeper());
    if (judged?.kind !== 'Pod') throw new Error('expected a pod');
    expect(judged.object.spec.volumes).to.deep.equal([{ name: 'v', emptyDir: {} }]);
    expect(judged.object.spec.containers[0]?.ports).to.deep.equal([{ containerPort: 80, hostPort: 80 }]);
    expect(judged.place.lineOf('spec.volumes[0].emptyDir')).to.equal(8);
    expect(judged.place.lineOf('spec.containers[0].ports[0].hostPort')).to.equal(12);
  });
  it('fills in a profile of AppArmor from its annotation, on the line of its container', async () => {
    const pod = await readOne(
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    container.apparmor.security.beta.kubernetes.io/b: unconfined\nspec:\n  containers:\n  - name: b\n',
    );
    const judged = projectManifest(pod, new Keeper());
    if (judged?.kind !== 'Pod') throw new Error('expected a pod');
    expect(judged.object.spec.containers[0]?.securityContext).to.deep.equal({
      appArmorProfile: { type: 'Unconfined' },
    });
    expect(judged.place.lineOf('spec.containers[0].securityContext.appArmorProfile.type')).to.equal(9);
  });
  it('fills in nothing that is shared with another object', async () => {
    const [first, second] = (
      await readText(
        'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec: &s\n    hostNetwork: true\n    containers:\n    - {name: b, ports: [{containerPort: 80}]}\n- apiVersion: v1\n  kind: PodTemplate\n  metadata: {name: c}\n  template:\n    spec: *s\n',
      )
    ).manifests;
    if (first === undefined || second === undefined) throw new Error('expected two objects');
    projectManifest(first, new Keeper());
    expect(second.json['template']).to.deep.equal({
      spec: { hostNetwork: true, containers: [{ name: 'b', ports: [{ containerPort: 80 }] }] },
    });
  });
  it('keeps lines counted from an item of a list, through aliases and merged maps', async () => {
    const [, account] = (
      await readText(
        'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ServiceAccount\n  metadata: &m\n    name: a\n    labels: &l\n      x: y\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    <<: *m\n    name: b\n    labels:\n      <<: [*l]\n      z: z\n',
      )
    ).manifests;
    if (account === undefined) throw new Error('expected two objects');
    const place = projectManifest(account, new Keeper())?.place;
    expect(place?.line).to.equal(10);
    expect(place?.lineOf('metadata.name')).to.equal(14);
    expect(place?.lineOf('metadata.labels.x')).to.equal(9);
    expect(place?.lineOf('metadata.labels.z')).to.equal(17);
  });
});

describe('a kind that nobody serves', () => {
  const rows: readonly (readonly [sentence: string, apiVersion: string, kind: string, mistake: RegExp | undefined])[] =
    [
      [
        'is a mistake in the core group',
        'v1',
        'Deployment',
        /^Kubernetes knows no Deployment in "v1"; write kind Deployment and apiVersion apps\/v1$/,
      ],
      ['is a mistake in a group of Kubernetes', 'apps/v2', 'Deployment', /apiVersion apps\/v1$/],
      [
        'is a mistake in a group of Kubernetes with a dot',
        'rbac.authorization.k8s.io/v2',
        'Role',
        /apiVersion rbac\.authorization\.k8s\.io\/v1$/,
      ],
      ['is a mistake where only a capital letter is missing', 'apps/v1', 'deployment', /write kind Deployment /],
      ["is somebody else's in a group of theirs", 'example.com/v1', 'Deployment', undefined],
      ['may be any other, of which no rule is', 'v1', 'ConfigMap', undefined],
    ];
  for (const [sentence, apiVersion, kind, mistake] of rows) {
    it(sentence, async () => {
      const manifest = await readOne(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`);
      expect(projectManifest(manifest, new Keeper())).to.equal(undefined);
      const found = findKindMistake(manifest);
      if (mistake === undefined) expect(found).to.equal(undefined);
      else expect(found).to.match(mistake);
    });
  }
});
