import { expect } from 'chai';

import { ClusterStore } from '../../src/controller/store.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { KindName, ObjectOf } from '../../src/core/kinds.ts';
import type { Source } from '../../src/core/source.ts';
import type { RoleKey, Snapshot } from '../../src/core/snapshot.ts';
import { NotObserved } from '../../src/core/snapshot.ts';
import { ruleNamed } from '../core/finding-of.ts';
import { objectOf } from '../core/yaml-objects.ts';
import { oneServer } from '../../src/core/server-evidence.ts';

/** A store, and what it said that changed since the last time somebody asked. */
class StoreProbe {
  readonly store = new ClusterStore(({ source, namespace }) => {
    this.#changes.push(`${source} ${namespace}`.trimEnd());
  });
  readonly #changes: string[] = [];

  /** @param kinds those that were read */
  constructor(...kinds: readonly KindName[]) {
    for (const source of kinds) this.store.observe({ source, state: 'observed', message: '' });
    this.takeChanges();
  }

  takeChanges(): readonly string[] {
    return this.#changes.splice(0);
  }

  /** As a reflector does it. */
  upsert<K extends KindName>(kind: K, yaml: string): ObjectOf<K> {
    const object = this.store.intern(kind, objectOf(kind, yaml));
    this.store.upsert(kind, object);
    return object;
  }

  boundTo(role: RoleKey): readonly string[] {
    return this.store
      .bindingsOf(role)
      .map(({ kind, binding: { metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
  }
}

const account = `
kind: ServiceAccount
metadata: { name: web, namespace: shop, uid: u1, resourceVersion: '1' }
`;

describe('the store says what changed', () => {
  it('where an object is added', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    expect(probe.takeChanges()).to.deep.equal(['ServiceAccount shop']);
  });

  it('where an object is another one now', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.takeChanges();
    probe.upsert('ServiceAccount', `${account}automountServiceAccountToken: false\n`);
    expect(probe.takeChanges()).to.deep.equal(['ServiceAccount shop']);
    expect(probe.store.get('ServiceAccount', 'shop', 'web')?.automountServiceAccountToken).to.equal(false);
  });

  it('where an object is removed', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.takeChanges();
    probe.store.remove('ServiceAccount', { metadata: { name: 'web', namespace: 'shop' } });
    expect(probe.takeChanges()).to.deep.equal(['ServiceAccount shop']);
    expect([...probe.store.list('ServiceAccount')]).to.deep.equal([]);
    expect([...probe.store.list('ServiceAccount', 'shop')]).to.deep.equal([]);
  });

  it('where one of several objects is removed, and keeps the others', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.upsert('ServiceAccount', account.replace('name: web', 'name: other'));
    probe.takeChanges();
    probe.store.remove('ServiceAccount', { metadata: { name: 'web', namespace: 'shop' } });
    expect(probe.takeChanges()).to.deep.equal(['ServiceAccount shop']);
    expect([...probe.store.list('ServiceAccount', 'shop')].map(({ metadata }) => metadata.name)).to.deep.equal([
      'other',
    ]);
  });

  it('not where a kubelet reports what no rule reads', () => {
    const probe = new StoreProbe('Node');
    const node = (version: string, fields = '') =>
      `{ kind: Node, metadata: { name: a, resourceVersion: '${fields.length}' }, status: { ${fields} nodeInfo: { kubeletVersion: ${version} } } }`;
    probe.upsert('Node', node('v1.36.1'));
    probe.takeChanges();
    probe.upsert('Node', node('v1.36.1', 'conditions: [{ type: Ready, status: "False" }],'));
    expect(probe.takeChanges()).to.deep.equal([]);
    probe.upsert('Node', node('v1.37.0'));
    expect(probe.takeChanges()).to.deep.equal(['Node']);
  });

  it('not where an object comes again as it is', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.takeChanges();
    probe.upsert('ServiceAccount', account);
    expect(probe.takeChanges()).to.deep.equal([]);
  });

  it('not where nothing but the resource version is another one', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.takeChanges();
    probe.upsert('ServiceAccount', account.replace("'1'", "'2'"));
    expect(probe.takeChanges()).to.deep.equal([]);
  });

  it('not where a field changed that nobody reads', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.takeChanges();
    probe.upsert('ServiceAccount', `${account}generation: 7\n`);
    expect(probe.takeChanges()).to.deep.equal([]);
  });

  it('not where an object is removed that was not there', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.store.remove('ServiceAccount', { metadata: { name: 'web', namespace: 'shop' } });
    probe.upsert('ServiceAccount', account);
    probe.takeChanges();
    probe.store.remove('ServiceAccount', { metadata: { name: 'web', namespace: 'other' } });
    probe.store.remove('ServiceAccount', { metadata: { name: 'other', namespace: 'shop' } });
    expect(probe.takeChanges()).to.deep.equal([]);
  });

  it('where a pod is replaced by another one of the same name', () => {
    const probe = new StoreProbe('Pod');
    const pod = `
kind: Pod
metadata: { name: web-0, namespace: shop, uid: u1 }
spec: { containers: [{ name: web }] }
`;
    probe.upsert('Pod', pod);
    probe.takeChanges();
    probe.upsert('Pod', pod.replace('u1', 'u2'));
    expect(probe.takeChanges()).to.deep.equal(['Pod shop']);
  });

  it('in the posture of a namespace, where the namespace itself changed', () => {
    const probe = new StoreProbe('Namespace');
    probe.upsert('Namespace', '{ kind: Namespace, metadata: { name: shop } }');
    probe.store.remove('Namespace', { metadata: { name: 'shop' } });
    expect(probe.takeChanges()).to.deep.equal(['Namespace shop', 'Namespace shop']);
  });

  it('in no namespace, where the object has none', () => {
    const probe = new StoreProbe('ClusterRole');
    probe.upsert('ClusterRole', '{ kind: ClusterRole, metadata: { name: view } }');
    expect(probe.takeChanges()).to.deep.equal(['ClusterRole']);
  });

  it('where a source is known better or worse than before', () => {
    const probe = new StoreProbe();
    probe.store.observe({ source: 'Pod', state: 'observed', message: '' });
    probe.store.observe({ source: 'Pod', state: 'stale', message: 'since 16:50' });
    expect(probe.takeChanges()).to.deep.equal(['Pod', 'Pod']);
  });

  it('not where a source is known as well as before', () => {
    const probe = new StoreProbe('Pod');
    probe.store.observe({ source: 'Pod', state: 'observed', message: '' });
    expect(probe.takeChanges()).to.deep.equal([]);
  });

  it('once its contents are as it says', () => {
    const seen: number[] = [];
    const store: ClusterStore = new ClusterStore(({ source }) => {
      if (source === 'ServiceAccount' && store.observation('ServiceAccount').state === 'observed') {
        seen.push([...store.list('ServiceAccount')].length);
      }
    });
    store.observe({ source: 'ServiceAccount', state: 'observed', message: '' });
    store.upsert('ServiceAccount', objectOf('ServiceAccount', account));
    store.remove('ServiceAccount', { metadata: { name: 'web', namespace: 'shop' } });
    expect(seen).to.deep.equal([0, 1, 0]);
  });
});

describe('the store is a snapshot', () => {
  it('of a whole cluster', () => {
    expect(new StoreProbe().store.isWholeCluster).to.equal(true);
  });

  it('that lists what it was given, by namespace or all', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.upsert('ServiceAccount', account.replace('shop', 'other'));
    expect([...probe.store.list('ServiceAccount')]).to.have.length(2);
    expect([...probe.store.list('ServiceAccount', 'shop')].map(({ metadata }) => metadata.namespace)).to.deep.equal([
      'shop',
    ]);
    expect([...probe.store.list('ServiceAccount', 'empty')]).to.deep.equal([]);
  });

  it('that gets one object', () => {
    const probe = new StoreProbe('ServiceAccount', 'ClusterRole');
    probe.upsert('ServiceAccount', account);
    probe.upsert('ClusterRole', '{ kind: ClusterRole, metadata: { name: view } }');
    expect(probe.store.get('ServiceAccount', 'shop', 'web')?.metadata.name).to.equal('web');
    expect(probe.store.get('ServiceAccount', 'other', 'web')).to.equal(undefined);
    expect(probe.store.get('ClusterRole', '', 'view')?.metadata.name).to.equal('view');
  });

  it('in which nothing is known from the beginning', () => {
    const { store } = new StoreProbe();
    expect(store.observation('Pod')).to.deep.equal({ source: 'Pod', state: 'pending', message: 'not read yet' });
    expect(store.observation('Evidence').state).to.equal('pending');
    expect(() => [...store.list('Pod')]).to.throw(NotObserved, 'not read yet');
    expect(() => store.get('Pod', 'shop', 'web')).to.throw(NotObserved, 'not read yet');
  });

  it('that refuses what may not be read any more, although it was', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.store.observe({ source: 'ServiceAccount', state: 'forbidden', message: 'grant it' });
    expect(() => [...probe.store.list('ServiceAccount', 'shop')]).to.throw(NotObserved, 'grant it');
  });

  it('that shows what is stale', () => {
    const probe = new StoreProbe('ServiceAccount');
    probe.upsert('ServiceAccount', account);
    probe.store.observe({ source: 'ServiceAccount', state: 'stale', message: 'since 16:50' });
    expect([...probe.store.list('ServiceAccount', 'shop')]).to.have.length(1);
  });
});

describe('the store tells of a change', () => {
  it('when nothing is left that was made of what it was before', () => {
    const reads: readonly Source[] = ['PodAccess'];
    const seen: string[] = [];
    const derivation = { reads, build: (snapshot: Snapshot) => snapshot.podAccess() };
    const store = new ClusterStore(({ source }) => {
      if (source !== 'Pod') return;
      try {
        store.derive(derivation);
        seen.push('known');
      } catch (error) {
        if (!(error instanceof NotObserved)) throw error;
        seen.push('unknown');
      }
    });
    store.observe({ source: 'Pod', state: 'observed', message: '' });
    store.derive(derivation);
    store.observe({ source: 'Pod', state: 'forbidden', message: 'needs list on pods' });
    expect(seen).to.deep.equal(['known', 'unknown']);
  });
});

describe('the store knows which bindings refer to a role', () => {
  const view: RoleKey = { kind: 'ClusterRole', namespace: '', name: 'view' };
  const edit: RoleKey = { kind: 'ClusterRole', namespace: '', name: 'edit' };
  const local: RoleKey = { kind: 'Role', namespace: 'shop', name: 'view' };
  const everywhere = `
kind: ClusterRoleBinding
metadata: { name: everywhere }
roleRef: { kind: ClusterRole, name: view }
`;
  const inShop = `
kind: RoleBinding
metadata: { name: in-shop, namespace: shop }
roleRef: { kind: ClusterRole, name: view }
`;
  const ofShop = `
kind: RoleBinding
metadata: { name: of-shop, namespace: shop }
roleRef: { kind: Role, name: view }
`;

  it('of both kinds, in all namespaces', () => {
    const probe = new StoreProbe('RoleBinding', 'ClusterRoleBinding');
    probe.upsert('ClusterRoleBinding', everywhere);
    probe.upsert('RoleBinding', inShop);
    probe.upsert('RoleBinding', inShop.replace('namespace: shop', 'namespace: other'));
    probe.upsert('RoleBinding', ofShop);
    expect(probe.boundTo(view)).to.deep.equal([
      'ClusterRoleBinding /everywhere',
      'RoleBinding other/in-shop',
      'RoleBinding shop/in-shop',
    ]);
    expect(probe.boundTo(local)).to.deep.equal(['RoleBinding shop/of-shop']);
    expect(probe.boundTo(edit)).to.deep.equal([]);
  });

  it('in the same order, whatever order they came in', () => {
    const probe = new StoreProbe('RoleBinding', 'ClusterRoleBinding');
    probe.upsert('RoleBinding', inShop.replace('name: in-shop', 'name: b'));
    probe.upsert('RoleBinding', inShop.replace('name: in-shop', 'name: a'));
    probe.upsert('ClusterRoleBinding', everywhere);
    expect(probe.boundTo(view)).to.deep.equal([
      'ClusterRoleBinding /everywhere',
      'RoleBinding shop/a',
      'RoleBinding shop/b',
    ]);
  });

  it('when a binding refers to another role now', () => {
    const probe = new StoreProbe('RoleBinding', 'ClusterRoleBinding');
    probe.upsert('RoleBinding', inShop);
    probe.upsert('RoleBinding', inShop.replace('name: view', 'name: edit'));
    expect(probe.boundTo(view)).to.deep.equal([]);
    expect(probe.boundTo(edit)).to.deep.equal(['RoleBinding shop/in-shop']);
  });

  it('when a binding has other subjects now', () => {
    const probe = new StoreProbe('RoleBinding', 'ClusterRoleBinding');
    probe.upsert('RoleBinding', inShop);
    probe.upsert('RoleBinding', `${inShop}subjects: [{ kind: User, name: jane }]\n`);
    expect(probe.store.bindingsOf(view).map(({ binding }) => binding.subjects?.map(({ name }) => name))).to.deep.equal([
      ['jane'],
    ]);
  });

  it('when a binding is removed, others of its role staying', () => {
    const probe = new StoreProbe('RoleBinding', 'ClusterRoleBinding');
    probe.upsert('ClusterRoleBinding', everywhere);
    probe.upsert('RoleBinding', inShop);
    probe.store.remove('RoleBinding', { metadata: { name: 'in-shop', namespace: 'shop' } });
    expect(probe.boundTo(view)).to.deep.equal(['ClusterRoleBinding /everywhere']);
    probe.store.remove('ClusterRoleBinding', { metadata: { name: 'everywhere' } });
    expect(probe.boundTo(view)).to.deep.equal([]);
  });

  it('of namesakes apart', () => {
    const probe = new StoreProbe('RoleBinding', 'ClusterRoleBinding');
    probe.upsert('ClusterRoleBinding', everywhere.replace('name: everywhere', 'name: same'));
    probe.upsert('RoleBinding', inShop.replace('name: in-shop', 'name: same'));
    expect(probe.boundTo(view)).to.deep.equal(['ClusterRoleBinding /same', 'RoleBinding shop/same']);
  });

  it('not where the bindings cannot all be listed', () => {
    const withoutCluster = new StoreProbe('RoleBinding');
    expect(() => withoutCluster.boundTo(view)).to.throw(NotObserved);
    expect(withoutCluster.boundTo(local)).to.deep.equal([]);
    expect(() => new StoreProbe('ClusterRoleBinding').boundTo(view)).to.throw(NotObserved);
  });
});

describe('the store holds the evidence about the API server', () => {
  const evidence: Evidence = {
    anonymousRequests: { unobserved: 'nobody asked' },
    unknownUserAllowed: { value: false, source: 'SubjectAccessReview', confidence: 'high', detail: 'refused' },
    minorVersion: { value: 37, source: '/version', confidence: 'high', detail: '' },
  };

  it('not before it was gathered', () => {
    expect(() => new StoreProbe().store.fact('unknownUserAllowed')).to.throw(NotObserved, 'gathered yet');
  });

  it('fact by fact', () => {
    const { store } = new StoreProbe();
    store.setEvidence(oneServer(evidence));
    expect(store.observation('Evidence').state).to.equal('observed');
    expect(store.fact('unknownUserAllowed').value).to.equal(false);
    expect(() => store.fact('anonymousRequests')).to.throw(NotObserved, 'nobody asked');
  });

  it('and says that it changed, when it did', () => {
    const probe = new StoreProbe();
    probe.store.setEvidence(oneServer(evidence));
    expect(new Set(probe.takeChanges())).to.deep.equal(new Set(['ServerVersion', 'Evidence']));
    probe.store.setEvidence(oneServer(structuredClone(evidence)));
    expect(probe.takeChanges()).to.deep.equal([]);
    probe.store.setEvidence(oneServer({ ...evidence, unknownUserAllowed: { unobserved: 'forbidden now' } }));
    expect(probe.takeChanges()).to.deep.equal(['Evidence']);
  });

  it('and says nothing where it was only observed again, although it shows when', () => {
    const probe = new StoreProbe();
    const at = (observedAt: string): Evidence => ({
      unknownUserAllowed: { value: false, source: 'SubjectAccessReview', confidence: 'high', detail: '', observedAt },
      minorVersion: { value: 37, source: '/version', confidence: 'high', detail: '', observedAt },
    });
    const both = (one: string, other: string) => [
      { instance: 'a:1', evidence: at(one) },
      { instance: 'b:1', evidence: at(other) },
    ];
    probe.store.setEvidence(both('2026-11-26T00:00:00Z', '2026-11-26T00:00:01Z'));
    probe.takeChanges();
    const { epoch } = probe.store.versions;

    probe.store.setEvidence(both('2026-11-26T00:10:00Z', '2026-11-26T00:09:00Z'));

    expect(probe.takeChanges()).to.deep.equal([]);
    expect(probe.store.versions.epoch).to.equal(epoch);
    const [first] = probe.store.apiServers();
    expect(first?.fact('minorVersion').observedAt).to.equal('2026-11-26T00:10:00Z');
    expect(probe.store.fact('minorVersion').observedAt).to.equal('2026-11-26T00:09:00Z');
  });
});

describe('the store holds what is equal once', () => {
  const replica = (name: string, suffix: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  uid: ${name}
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true }]
spec:
  volumes: [{ name: kube-api-access-${suffix}, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
  containers:
    - name: web
      image: 'web:1'
      volumeMounts: [{ name: kube-api-access-${suffix}, mountPath: /var/run/secrets }]
`;

  it('the templates of pods that differ in nothing but the name of their token volume, and their owners', () => {
    const probe = new StoreProbe('Pod');
    const a = probe.upsert('Pod', replica('web-a', '7x2vq'));
    const b = probe.upsert('Pod', replica('web-b', 'kk9mz'));
    expect(b.spec).to.equal(a.spec);
    expect(b.metadata.ownerReferences).to.equal(a.metadata.ownerReferences);
    expect(b.metadata.name).to.equal('web-b');
  });

  it('the owners of pods whose template is known already', () => {
    const probe = new StoreProbe('Pod');
    const a = probe.upsert('Pod', replica('web-a', '7x2vq'));
    const { metadata } = objectOf('Pod', replica('web-b', '7x2vq'));
    const interned = probe.store.internPodMetadata(metadata);
    expect(interned).to.deep.equal(metadata);
    expect(interned.ownerReferences).to.equal(a.metadata.ownerReferences);
    const bare = objectOf('Pod', '{ kind: Pod, metadata: { name: a }, spec: { containers: [{ name: web }] } }');
    expect(probe.store.internPodMetadata(bare.metadata)).to.deep.equal(bare.metadata);
  });

  it('what Services and nodes say, of which there are many that say the same', () => {
    const probe = new StoreProbe('Service', 'Node');
    const service = (name: string) =>
      `{ kind: Service, metadata: { name: ${name} }, spec: { ports: [{ port: 443 }] } }`;
    expect(probe.upsert('Service', service('b')).spec).to.equal(probe.upsert('Service', service('a')).spec);
    const node = (name: string) =>
      `{ kind: Node, metadata: { name: ${name} }, status: { nodeInfo: { kubeletVersion: v1.37.0 } } }`;
    expect(probe.upsert('Node', node('b')).status).to.equal(probe.upsert('Node', node('a')).status);
  });

  it('the template of an owner and the pods that have it', () => {
    const probe = new StoreProbe('Pod', 'ReplicaSet');
    const pod = probe.upsert(
      'Pod',
      "{ kind: Pod, metadata: { name: a }, spec: { containers: [{ name: web, image: 'web:1' }] } }",
    );
    const owner = probe.upsert(
      'ReplicaSet',
      "{ kind: ReplicaSet, spec: { template: { spec: { containers: [{ name: web, image: 'web:1' }] } } } }",
    );
    expect(owner.spec.template.spec).to.equal(pod.spec);
  });

  it('no selectors of labels alone, as every workload has one', () => {
    const probe = new StoreProbe('Job');
    const job = (selector: string) =>
      `{ kind: Job, spec: { selector: ${selector}, template: { spec: { containers: [{ name: job }] } } } }`;
    expect(probe.upsert('Job', job('{ matchLabels: { a: b } }')).spec).to.have.keys('template');
    const asked = [{ key: 'merlon.dev/exec', operator: 'DoesNotExist' }];
    const kept = probe.upsert('Job', job(`{ matchExpressions: ${JSON.stringify(asked)} }`));
    expect(kept.spec.selector).to.deep.equal({ matchExpressions: asked });
  });

  it('the template of a CronJob too', () => {
    const probe = new StoreProbe('Pod', 'CronJob');
    const pod = probe.upsert('Pod', '{ kind: Pod, metadata: { name: a }, spec: { containers: [{ name: job }] } }');
    const owner = probe.upsert(
      'CronJob',
      '{ kind: CronJob, spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: job }] } } } } } }',
    );
    expect(owner.spec.jobTemplate.spec.template.spec).to.equal(pod.spec);
  });

  it('not templates that differ', () => {
    const probe = new StoreProbe('Pod');
    const a = probe.upsert('Pod', replica('web-a', '7x2vq'));
    const b = probe.upsert('Pod', replica('web-b', '7x2vq').replace('web:1', 'web:2'));
    expect(b.spec).not.to.equal(a.spec);
  });

  it('not the specs of a mirror pod and of another one, of which rules say different things', () => {
    const probe = new StoreProbe('Pod');
    const plain = probe.upsert('Pod', '{ kind: Pod, metadata: { name: a }, spec: { containers: [{ name: etcd }] } }');
    const mirror = probe.upsert(
      'Pod',
      '{ kind: Pod, metadata: { name: b, annotations: { kubernetes.io/config.mirror: d0a3 } }, spec: { containers: [{ name: etcd }] } }',
    );
    expect(mirror.spec).to.deep.equal(plain.spec);
    expect(mirror.spec).not.to.equal(plain.spec);
    expect(mirror.metadata.annotations).to.deep.equal({ 'kubernetes.io/config.mirror': '' });
  });

  it('so that however many pods of one template cost one evaluation', () => {
    const probe = new StoreProbe(
      'Pod',
      'Deployment',
      'ReplicaSet',
      'StatefulSet',
      'DaemonSet',
      'Job',
      'CronJob',
      'ReplicationController',
    );
    probe.upsert('Pod', replica('web-a', '7x2vq').replace('uid: r1', 'uid: gone'));
    probe.upsert('Pod', replica('web-b', 'kk9mz').replace('uid: r1', 'uid: gone'));
    probe.upsert('Pod', replica('web-c', 'p4q8w').replace('uid: r1', 'uid: gone'));
    const evaluator = new Evaluator({
      ruleThrew: (_rule, error) => {
        throw error;
      },
    });
    const findings = evaluator.evaluate(
      { namespace: 'shop' },
      [{ rule: ruleNamed('a-rule'), params: {} }],
      probe.store,
    );
    expect(findings.map(({ subject }) => subject.name)).to.deep.equal(['web-a', 'web-b', 'web-c']);
    expect(evaluator.evaluations).to.equal(1);
  });
});
