import { expect } from 'chai';

import { Evaluator } from '../../src/core/evaluate.ts';
import type { Scope } from '../../src/core/scope.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { KindName } from '../../src/core/kinds.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { ParamsSchema } from '../../src/core/params.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';
import type { SelectedRule } from '../../src/core/policy.ts';
import { notApplicable, unknown, violation } from '../../src/core/rule.ts';
import type { AnyRule, CheckResult, Rule, SubjectType } from '../../src/core/rule.ts';
import { NotObserved } from '../../src/core/snapshot.ts';
import type { Observation, Snapshot } from '../../src/core/snapshot.ts';
import { objectOf, snapshotOf } from './yaml-objects.ts';

const text = {
  title: 'A rule of this test',
  severityReason: '',
  controls: [],
  rationale: '',
  remediation: '',
  example: { fails: '', passes: '' },
} as const;

function ruleOf<S extends SubjectType>(rule: Pick<Rule<S>, 'id' | 'subject' | 'check'> & Partial<Rule<S>>): Rule<S> {
  return { ...text, severity: 'medium', ...rule };
}

/** Fails each container by its image: `bad` fails, `odd` is unknown, `other` does not apply. */
const imageRule = ruleOf({
  id: 'image',
  subject: 'Workload',
  check: (pod) => judgeImages(pod),
});

/** Fails everything, with the version of the API server as what was observed. */
const versionedRule = ruleOf({
  id: 'versioned',
  subject: 'Workload',
  reads: ['ServerVersion'],
  check: (_pod, { podSecurityVersion }) => [violation('spec', podSecurityVersion, 'as of then')],
});

function judgeImages(pod: PodTemplate): CheckResult {
  const named = [
    ...pod.spec.containers.map((container, index) => ({ container, path: `spec.containers[${index}]` })),
    ...(pod.spec.ephemeralContainers ?? []).map((container, index) => ({
      container,
      path: `spec.ephemeralContainers[${index}]`,
    })),
  ];
  if (named.some(({ container }) => container.image === 'odd')) return unknown('odd');
  if (named.some(({ container }) => container.image === 'other')) return notApplicable('other');
  return named.flatMap(({ container, path }) =>
    container.image === 'bad' ? [violation(`${path}.image`, container.image, `${container.name} is bad`)] : [],
  );
}

const params = {
  type: 'object',
  properties: { limit: { type: 'integer', format: 'int32', minimum: 0, default: 5, description: 'How many.' } },
} as const satisfies ParamsSchema;

class Probe {
  readonly thrown: (readonly [string, unknown])[] = [];
  readonly evaluator = new Evaluator({
    ruleThrew: (rule, error) => {
      this.thrown.push([rule, error]);
    },
  });

  evaluate(scope: Scope, rules: readonly (AnyRule | SelectedRule)[], snapshot: Snapshot): readonly Finding[] {
    const selected = rules.map((rule) => ('rule' in rule ? rule : { rule, params: resolveParams(rule) }));
    return this.evaluator.evaluate(scope, selected, snapshot);
  }
}

/** What tells findings of this test apart. */
function brief({ rule, outcome, subject, violations }: Finding): string {
  const places = violations.map(({ path }) => path).join(' ');
  return [rule.id, outcome, `${subject.kind}/${subject.name}`, places].join(' ').trimEnd();
}

function forbidden(source: KindName): { readonly missing: readonly Observation<KindName>[] } {
  return { missing: [{ source, state: 'forbidden', message: `the right to list it is missing` }] };
}

const shop: Scope = { namespace: 'shop' };

const goodPod = `
kind: Pod
metadata: { name: good, namespace: shop }
spec: { containers: [{ name: web, image: good }] }
`;
const badPod = `
kind: Pod
metadata: { name: bad, namespace: shop }
spec: { containers: [{ name: web, image: bad }] }
`;

describe('the evaluator', () => {
  it('gives one finding for each rule and subject, worst first', () => {
    const findings = new Probe().evaluate(shop, [imageRule], snapshotOf(`${goodPod}---${badPod}`));
    expect(findings.map(brief)).to.deep.equal(['image fail Pod/bad spec.containers[0].image', 'image pass Pod/good']);
  });

  it('says what is wrong, and how much more', () => {
    const [finding] = new Probe().evaluate(
      shop,
      [imageRule],
      snapshotOf(`
kind: Pod
metadata: { name: bad, namespace: shop }
spec: { containers: [{ name: a, image: bad }, { name: b, image: bad }, { name: c, image: bad }] }
`),
    );
    expect(finding?.message).to.equal('a is bad (and 2 more)');
    expect(finding?.violations).to.have.length(3);
  });

  it('says why a rule does not apply or is undecided', () => {
    const findings = new Probe().evaluate(
      shop,
      [imageRule],
      snapshotOf(`
kind: Pod
metadata: { name: a, namespace: shop }
spec: { containers: [{ name: web, image: odd }] }
---
kind: Pod
metadata: { name: b, namespace: shop }
spec: { containers: [{ name: web, image: other }] }
`),
    );
    expect(findings.map(({ outcome, message }) => [outcome, message])).to.deep.equal([
      ['unknown', 'odd'],
      ['notApplicable', 'other'],
    ]);
  });

  it('knows the object that a finding is about', () => {
    const snapshot = snapshotOf(badPod);
    const [pod] = snapshot.list('Pod');
    expect(new Probe().evaluate(shop, [imageRule], snapshot)[0]?.origin).to.equal(pod?.metadata);
  });

  describe('judges each template once', () => {
    const pod = objectOf('Pod', badPod);
    const replicas: Snapshot = {
      ...snapshotOf(''),
      list: ((kind: KindName) =>
        kind === 'Pod'
          ? [
              pod,
              { ...pod, metadata: { ...pod.metadata, name: 'second' } },
              { ...pod, metadata: { ...pod.metadata, name: 'third' } },
            ]
          : []) as unknown as Snapshot['list'],
    };

    it('however many pods have it', () => {
      const probe = new Probe();
      expect(probe.evaluate(shop, [imageRule], replicas)).to.have.length(3);
      expect(probe.evaluator.evaluations).to.equal(1);
    });

    it('however often it is asked', () => {
      const probe = new Probe();
      probe.evaluate(shop, [imageRule], replicas);
      const again = probe.evaluate(shop, [imageRule], replicas);
      expect(again.map(({ outcome }) => outcome)).to.deep.equal(['fail', 'fail', 'fail']);
      expect(probe.evaluator.evaluations).to.equal(1);
    });

    it('for each rule', () => {
      const probe = new Probe();
      const second = ruleOf({ id: 'second', subject: 'Workload', check: () => [] });
      const findings = probe.evaluate(shop, [imageRule, second], replicas);
      expect(findings.filter(({ rule, outcome }) => rule === second && outcome === 'pass')).to.have.length(3);
      expect(probe.evaluator.evaluations).to.equal(2);
    });

    it('for each set of parameters', () => {
      const probe = new Probe();
      const rule = ruleOf({
        id: 'limited',
        subject: 'Workload',
        params,
        check: (_pod, { params: { limit } }) => [violation('spec', limit, 'too much')],
      });
      const strict: SelectedRule = { rule, params: resolveParams(rule, { limit: 1 }) };
      const lax: SelectedRule = { rule, params: resolveParams(rule) };
      const observed = (selected: SelectedRule) =>
        probe.evaluate(shop, [selected], replicas).map(({ violations }) => violations[0]?.observed);
      expect([...observed(strict), ...observed(lax), ...observed(strict)]).to.deep.equal([
        ...['1', '1', '1'],
        ...['5', '5', '5'],
        ...['1', '1', '1'],
      ]);
      expect(probe.evaluator.evaluations).to.equal(2);
    });

    it('for each version of the API server, where a rule is about that', () => {
      const probe = new Probe();
      const observed = (version: number) =>
        probe
          .evaluate(shop, [versionedRule], { ...replicas, podSecurityVersion: () => version })
          .map(({ violations }) => violations[0]?.observed);
      expect([...observed(34), ...observed(34), ...observed(35)]).to.deep.equal([
        ...['34', '34', '34'],
        ...['34', '34', '34'],
        ...['35', '35', '35'],
      ]);
      expect(probe.evaluator.evaluations).to.equal(2);
    });

    it('for each reason for which that is not known', () => {
      const probe = new Probe();
      const said = (reason: string) => {
        const podSecurityVersion = (): never => {
          throw new NotObserved('ServerVersion', reason);
        };
        return probe.evaluate(shop, [versionedRule], { ...replicas, podSecurityVersion }).map(({ message }) => message);
      };
      expect([...new Set(said('not asked yet'))]).to.deep.equal(['not asked yet']);
      expect([...new Set(said('forbidden'))]).to.deep.equal(['forbidden']);
    });

    it('for a rule that says that it reads nothing else', () => {
      const probe = new Probe();
      const modest = ruleOf({ id: 'modest', subject: 'Workload', reads: [], check: () => [] });
      expect(probe.evaluate(shop, [modest], replicas)).to.have.length(3);
      expect(probe.evaluator.evaluations).to.equal(1);
    });

    it('but not for a rule that looks beyond it', () => {
      const probe = new Probe();
      const seen: string[] = [];
      const curious = ruleOf({
        id: 'curious',
        subject: 'Workload',
        reads: ['ServiceAccount'],
        check: (_pod, { subject }) => {
          seen.push(subject.name);
          return [];
        },
      });
      probe.evaluate(shop, [curious], replicas);
      expect(seen).to.deep.equal(['bad', 'second', 'third']);
      expect(probe.evaluator.evaluations).to.equal(3);
    });

    it('nor for one that looks beyond it where that is known', () => {
      const probe = new Probe();
      const considerate = ruleOf({
        id: 'considerate',
        subject: 'Workload',
        considers: ['Evidence'],
        check: (_pod, { subject }) => [violation('spec', subject.name, 'of this one alone')],
      });
      const observed = probe.evaluate(shop, [considerate], replicas).map(({ violations }) => violations[0]?.observed);
      expect(observed).to.deep.equal(['bad', 'second', 'third']);
    });

    it('and refuses a rule that looks beyond it without saying so', () => {
      const probe = new Probe();
      const sly = ruleOf({
        id: 'sly',
        subject: 'Workload',
        check: (_pod, { snapshot }) => [...snapshot.list('Pod')] as never,
      });
      expect(probe.evaluate(shop, [sly], replicas).map(({ outcome }) => outcome)).to.deep.equal([
        'unknown',
        'unknown',
        'unknown',
      ]);
      expect(probe.thrown.map(([rule]) => rule)).to.deep.equal(['sly']);
    });
  });

  describe('says of how many pods a finding is true', () => {
    const deployment = `
kind: Deployment
metadata: { name: web, namespace: shop, uid: d1 }
spec: { template: { spec: { containers: [{ name: web, image: good }] } } }
`;
    const replicaSet = (name: string) => `
kind: ReplicaSet
metadata:
  name: ${name}
  namespace: shop
  uid: ${name}
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec: { template: { spec: { containers: [{ name: web, image: good }] } } }
`;
    const podOf = (owner: string, name: string, image: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: ${owner}, uid: ${owner}, controller: true }]
spec: { containers: [{ name: web, image: ${image} }] }
`;
    const judged = (...documents: readonly string[]) =>
      new Probe().evaluate(shop, [imageRule], snapshotOf(documents.join('---')));

    it('of all of them, where all are alike', () => {
      const [finding] = judged(deployment, replicaSet('web-1'), podOf('web-1', 'a', 'bad'), podOf('web-1', 'b', 'bad'));
      expect(finding?.pods).to.deep.equal({ concerned: 2, total: 2 });
    });

    it('and of which revision they are, in the midst of a rollout', () => {
      const [finding] = judged(
        deployment,
        replicaSet('web-1'),
        replicaSet('web-2'),
        podOf('web-1', 'a', 'bad'),
        podOf('web-1', 'b', 'bad'),
        podOf('web-2', 'c', 'good'),
      );
      expect(finding?.pods).to.deep.equal({ concerned: 2, total: 3, revisions: ['web-1'] });
      expect(finding?.outcome).to.equal('fail');
    });

    it('by the hash of a revision, where its owner makes pods itself', () => {
      const podOfSet = (name: string, hash: string, image: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  labels: { controller-revision-hash: ${hash} }
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s1, controller: true }]
spec: { containers: [{ name: web, image: ${image} }] }
`;
      const [finding] = judged(
        `
kind: StatefulSet
metadata: { name: db, namespace: shop, uid: s1 }
spec: { template: { spec: { containers: [{ name: web, image: good }] } } }
`,
        podOfSet('db-0', 'db-old', 'bad'),
        podOfSet('db-1', 'db-new', 'good'),
      );
      expect(finding?.pods).to.deep.equal({ concerned: 1, total: 2, revisions: ['db-old'] });
    });

    it('and of none, where nothing runs', () => {
      const [finding] = judged(deployment.replace('good', 'bad'));
      expect(finding?.outcome).to.equal('fail');
      expect(finding).not.to.have.property('pods');
    });
  });

  it('says whose owner was not believed, and whose was for want of anything better', () => {
    const podOwnedBy = (apiVersion: string, kind: string, name: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences: [{ apiVersion: ${apiVersion}, kind: ${kind}, name: web, uid: u1, controller: true }]
spec: { containers: [{ name: web, image: bad }] }
`;
    const findings = new Probe().evaluate(
      shop,
      [imageRule],
      snapshotOf(
        `${podOwnedBy('apps/v1', 'Deployment', 'forged')}---${podOwnedBy('argoproj.io/v1alpha1', 'Rollout', 'x')}`,
      ),
    );
    expect(
      findings.map(({ subject, unverifiedOwner, assumedOwner }) => [subject.kind, unverifiedOwner, assumedOwner]),
    ).to.deep.equal([
      ['Pod', 'a Deployment does not create a Pod', undefined],
      ['Rollout', undefined, 'Rollout "web" is not read, so that it owns this is believed'],
    ]);
  });

  it('places what is wrong with the workload itself in the workload, not in its template', () => {
    const rule = ruleOf({
      id: 'placed',
      subject: 'Workload',
      reads: ['Namespace'],
      check: (_pod, { subject }) => [
        violation('spec', undefined, 'of the pod'),
        { ...violation('metadata.namespace', subject.namespace, 'of the workload'), of: 'subject' },
      ],
    });
    const deployment = `
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { containers: [{ name: web }] } } }
`;
    expect(new Probe().evaluate(shop, [rule], snapshotOf(deployment)).map(brief)).to.deep.equal([
      'placed fail Deployment/web spec.template.spec metadata.namespace',
    ]);
  });

  describe('says unknown', () => {
    it('where a rule throws, and tells the operator', () => {
      const probe = new Probe();
      const defect = new TypeError('x is not a function');
      const broken = ruleOf({
        id: 'broken',
        subject: 'Workload',
        check: () => {
          throw defect;
        },
      });
      const findings = probe.evaluate(shop, [broken, imageRule], snapshotOf(goodPod));
      expect(findings.map(brief)).to.deep.equal(['broken unknown Pod/good', 'image pass Pod/good']);
      expect(findings[0]?.message).to.equal('x is not a function');
      expect(probe.thrown).to.deep.equal([['broken', defect]]);
    });

    it('where a rule reads a kind that could not be read, which is no defect of the rule', () => {
      const probe = new Probe();
      const rule = ruleOf({
        id: 'reader',
        subject: 'ServiceAccount',
        reads: ['Role'],
        check: (_account, { snapshot }) => [...snapshot.list('Role')].map(() => violation('x', undefined, 'x')),
      });
      const account = `
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`;
      const findings = probe.evaluate(shop, [rule], snapshotOf(account, forbidden('Role')));
      expect(findings.map(({ outcome, message }) => [outcome, message])).to.deep.equal([
        ['unknown', 'the right to list it is missing'],
      ]);
      expect(probe.thrown).to.deep.equal([]);
    });

    it('where a field has a wrong type, and names its place', () => {
      const probe = new Probe();
      const findings = probe.evaluate(
        shop,
        [imageRule],
        snapshotOf(`
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { containers: [{ name: web, image: 7 }] } } }
`),
      );
      expect(findings.map(brief)).to.deep.equal([
        'image unknown Deployment/web spec.template.spec.containers[0].image',
      ]);
      expect(findings[0]?.message).to.equal(
        'field "spec.template.spec.containers[0].image" must be a string, found the number 7',
      );
      expect(probe.thrown).to.deep.equal([]);
    });

    it('where the whole spec has a wrong type', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf(`
kind: Pod
metadata: { name: odd, namespace: shop }
spec: nothing
---
kind: CronJob
metadata: { name: odd, namespace: shop }
spec: { jobTemplate: 7 }
`),
          )
          .map(brief),
      ).to.deep.equal(['image unknown CronJob/odd spec.jobTemplate', 'image unknown Pod/odd spec']);
    });

    it('once for each rule and kind of subject that could not be listed, besides those that could', () => {
      const findings = new Probe().evaluate(shop, [imageRule], snapshotOf(goodPod, forbidden('CronJob')));
      expect(findings.map(brief)).to.deep.equal(['image unknown CronJob/*', 'image pass Pod/good']);
      expect(findings[0]?.message).to.equal('cronjobs.batch could not be listed: the right to list it is missing');
      expect(findings[0]?.subject).to.deep.equal({
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        namespace: 'shop',
        name: '*',
      });
    });

    it('for every namespace, where namespaces could not be listed', () => {
      const rule = ruleOf({ id: 'namespaced', subject: 'Namespace', check: () => [] });
      expect(new Probe().evaluate(shop, [rule], snapshotOf('', forbidden('Namespace'))).map(brief)).to.deep.equal([
        'namespaced unknown Namespace/*',
      ]);
    });

    it('for cluster roles in the cluster alone', () => {
      const rule = ruleOf({ id: 'role', subject: 'Role', check: () => [] });
      const snapshot = snapshotOf('', forbidden('ClusterRole'));
      expect(
        new Probe().evaluate('cluster', [rule], snapshot).map(({ subject, message }) => [subject, message]),
      ).to.deep.equal([
        [
          { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: '*' },
          'clusterroles.rbac.authorization.k8s.io could not be listed: the right to list it is missing',
        ],
      ]);
      expect(new Probe().evaluate(shop, [rule], snapshot)).to.deep.equal([]);
    });

    it('and goes on with what was read before its stream broke', () => {
      const snapshot = snapshotOf(badPod, {
        missing: [{ source: 'Pod', state: 'stale', message: 'the stream is broken' }],
      });
      expect(new Probe().evaluate(shop, [imageRule], snapshot).map(brief)).to.deep.equal([
        'image fail Pod/bad spec.containers[0].image',
      ]);
    });
  });

  describe('names the place of a violation where people can change it', () => {
    const owner = (image: string) => `
kind: ReplicaSet
metadata: { name: web, namespace: shop, uid: r1 }
spec: { template: { spec: { containers: [{ name: web, image: ${image} }] } } }
`;
    const controlled = (spec: string) => `
kind: Pod
metadata:
  name: web-a
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: r1, controller: true }]
spec: ${spec}
`;

    it('in the template of the owner, where nothing runs', () => {
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(owner('bad'))).map(brief)).to.deep.equal([
        'image fail ReplicaSet/web spec.template.spec.containers[0].image',
      ]);
    });

    it('in the template of the owner, where pods have it from there', () => {
      const pod = controlled('{ containers: [{ name: web, image: bad }] }');
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(`${owner('bad')}---${pod}`)).map(brief)).to.deep.equal([
        'image fail ReplicaSet/web spec.template.spec.containers[0].image',
      ]);
    });

    it('in the template of a CronJob', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf(`
kind: CronJob
metadata: { name: report, namespace: shop }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: job, image: bad }] } } } } }
`),
          )
          .map(brief),
      ).to.deep.equal(['image fail CronJob/report spec.jobTemplate.spec.template.spec.containers[0].image']);
    });

    it('in the pod, where only the pod has it', () => {
      const pod = controlled(
        '{ containers: [{ name: web, image: bad }], ephemeralContainers: [{ name: debug, image: bad }] }',
      );
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(`${owner('bad')}---${pod}`)).map(brief)).to.deep.equal([
        'image fail ReplicaSet/web spec.template.spec.containers[0].image spec.ephemeralContainers[0].image',
      ]);
    });

    it('in the pod, where the template has been put right and what runs has not', () => {
      const pod = controlled('{ containers: [{ name: web, image: bad }] }');
      expect(new Probe().evaluate(shop, [imageRule], snapshotOf(`${owner('good')}---${pod}`)).map(brief)).to.deep.equal(
        ['image fail ReplicaSet/web spec.containers[0].image'],
      );
    });
  });

  describe('judges what runs', () => {
    const owned = (name: string, image: string) => `
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences: [{ apiVersion: ray.io/v1, kind: RayJob, name: train, uid: x1, controller: true }]
spec: { containers: [{ name: web, image: ${image} }] }
`;

    it('not the template that would run next', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf(`
kind: StatefulSet
metadata: { name: db, namespace: shop, uid: s1 }
spec: { template: { spec: { containers: [{ name: db, image: bad }] } } }
---
kind: Pod
metadata:
  name: db-0
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s1, controller: true }]
spec: { containers: [{ name: db, image: good }] }
`),
          )
          .map(brief),
      ).to.deep.equal(['image pass StatefulSet/db']);
    });

    it('and one failing pod fails the workload', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf([owned('a', 'good'), owned('b', 'bad'), owned('c', 'odd')].join('---')),
          )
          .map(brief),
      ).to.deep.equal(['image fail RayJob/train spec.containers[0].image']);
    });

    it('and undecided pods leave it undecided', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf([owned('a', 'good'), owned('b', 'odd'), owned('c', 'odd')].join('---')),
          )
          .map(brief),
      ).to.deep.equal(['image unknown RayJob/train']);
    });

    it('and a pod that the rule does not apply to leaves the others to decide', () => {
      expect(
        new Probe()
          .evaluate(shop, [imageRule], snapshotOf([owned('a', 'other'), owned('b', 'good')].join('---')))
          .map(brief),
      ).to.deep.equal(['image pass RayJob/train']);
    });

    it('and says the same in whatever order the pods are known', () => {
      const debugged = owned('b', 'good').replace(
        'containers: [{',
        'ephemeralContainers: [{ name: debug, image: bad }], containers: [{',
      );
      const judge = (...pods: readonly string[]): unknown =>
        new Probe()
          .evaluate(shop, [imageRule], snapshotOf(pods.join('---')))
          .map(({ message, violations }) => ({ message, violations }));
      expect(judge(owned('a', 'bad'), debugged)).to.deep.equal(judge(debugged, owned('a', 'bad')));
    });

    it('and names a place once that several pods have', () => {
      const second = owned('b', 'bad').replace(
        'containers: [{',
        'ephemeralContainers: [{ name: debug, image: bad }], containers: [{',
      );
      const [finding] = new Probe().evaluate(shop, [imageRule], snapshotOf([owned('a', 'bad'), second].join('---')));
      expect(finding?.violations.map(({ path }) => path)).to.deep.equal([
        'spec.containers[0].image',
        'spec.ephemeralContainers[0].image',
      ]);
      expect(finding?.message).to.equal('web is bad (and 1 more)');
    });
  });

  describe('judges in the scope of a namespace', () => {
    const everything = `
kind: Namespace
metadata: { name: shop }
---
kind: Namespace
metadata: { name: other }
---
kind: Role
metadata: { name: role, namespace: shop }
---
kind: Role
metadata: { name: role, namespace: other }
---
kind: ClusterRole
metadata: { name: cluster-role }
---
kind: RoleBinding
metadata: { name: binding, namespace: shop }
roleRef: { kind: Role, name: role }
---
kind: ClusterRoleBinding
metadata: { name: cluster-binding }
roleRef: { kind: ClusterRole, name: cluster-role }
---
kind: ServiceAccount
metadata: { name: account, namespace: shop }
---
${goodPod}`;
    const rules = [
      imageRule,
      ruleOf({ id: 'account', subject: 'ServiceAccount', check: () => [] }),
      ruleOf({ id: 'api-server', subject: 'APIServer', check: () => [] }),
      ruleOf({ id: 'binding', subject: 'Binding', check: () => [] }),
      ruleOf({ id: 'namespace', subject: 'Namespace', check: () => [] }),
      ruleOf({ id: 'role', subject: 'Role', check: () => [] }),
    ];

    it('what lives in it, and the namespace itself', () => {
      expect(new Probe().evaluate(shop, rules, snapshotOf(everything)).map(brief)).to.deep.equal([
        'account pass ServiceAccount/account',
        'binding pass RoleBinding/binding',
        'image pass Pod/good',
        'namespace pass Namespace/shop',
        'role pass Role/role',
      ]);
    });

    it('or of the cluster, what lives in none, and the API server', () => {
      expect(new Probe().evaluate('cluster', rules, snapshotOf(everything)).map(brief)).to.deep.equal([
        'api-server pass APIServer/kube-apiserver',
        'binding pass ClusterRoleBinding/cluster-binding',
        'role pass ClusterRole/cluster-role',
      ]);
    });

    it('that does not exist nothing', () => {
      expect(new Probe().evaluate({ namespace: 'gone' }, rules, snapshotOf(everything))).to.deep.equal([]);
    });

    it('with the subject as rules know it', () => {
      const seen: unknown[] = [];
      const rule = ruleOf({
        id: 'seen',
        subject: 'Role',
        check: (_role, { subject }) => {
          seen.push(subject);
          return [];
        },
      });
      new Probe().evaluate(shop, [rule], snapshotOf(everything));
      new Probe().evaluate('cluster', [rule], snapshotOf(everything));
      expect(seen).to.deep.equal([
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', namespace: 'shop', name: 'role' },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'cluster-role' },
      ]);
    });
  });

  describe('gives a finding the severity', () => {
    const graded = ruleOf({
      id: 'graded',
      subject: 'Workload',
      severity: 'medium',
      check: () => [
        violation('a', undefined, 'a', 'low'),
        violation('b', undefined, 'b', 'critical'),
        violation('c', undefined, 'c'),
      ],
    });

    it('of its worst violation', () => {
      expect(new Probe().evaluate(shop, [graded], snapshotOf(goodPod))[0]?.severity).to.equal('critical');
    });

    it('of its violations, where all are more harmless than the rule', () => {
      const harmless = ruleOf({
        id: 'harmless',
        subject: 'Workload',
        severity: 'high',
        check: () => [violation('a', undefined, 'a', 'info'), violation('b', undefined, 'b', 'low')],
      });
      expect(new Probe().evaluate(shop, [harmless], snapshotOf(goodPod))[0]?.severity).to.equal('low');
    });

    it('of the rule, where some violations are more harmless', () => {
      const mixed = ruleOf({
        id: 'mixed',
        subject: 'Workload',
        severity: 'high',
        check: () => [violation('a', undefined, 'a', 'low'), violation('b', undefined, 'b')],
      });
      expect(new Probe().evaluate(shop, [mixed], snapshotOf(goodPod))[0]?.severity).to.equal('high');
    });

    it('of the rule, where it passes or is undecided', () => {
      const findings = new Probe().evaluate(shop, [imageRule], snapshotOf(goodPod, forbidden('Job')));
      expect(findings.map(({ outcome, severity }) => [outcome, severity])).to.deep.equal([
        ['unknown', 'medium'],
        ['pass', 'medium'],
      ]);
    });

    it('that the policy says, whatever its violations say', () => {
      const selected: SelectedRule = { rule: graded, severity: 'info', params: resolveParams(graded) };
      expect(new Probe().evaluate(shop, [selected], snapshotOf(goodPod))[0]?.severity).to.equal('info');
    });
  });

  it('reads evidence that nobody could observe as unknown', () => {
    const rule = ruleOf({
      id: 'evidence',
      subject: 'APIServer',
      reads: ['Evidence'],
      check: (_none, { snapshot }) => (snapshot.fact('unknownUserAllowed').value ? [violation('x', true, 'x')] : []),
    });
    const findings = new Probe().evaluate(
      'cluster',
      [rule],
      snapshotOf('', {
        evidence: {
          anonymousRequests: { unobserved: 'nobody asked' },
          unknownUserAllowed: { unobserved: 'asking is forbidden' },
          minorVersion: { unobserved: 'not asked' },
        },
      }),
    );
    expect(findings.map(({ outcome, message }) => [outcome, message])).to.deep.equal([
      ['unknown', 'asking is forbidden'],
    ]);
  });

  it('takes NotObserved for what it is, wherever a rule throws it', () => {
    const probe = new Probe();
    const rule = ruleOf({
      id: 'missing',
      subject: 'Workload',
      check: () => {
        throw new NotObserved('Evidence', 'not yet');
      },
    });
    expect(probe.evaluate(shop, [rule], snapshotOf(goodPod)).map(({ message }) => message)).to.deep.equal(['not yet']);
    expect(probe.thrown).to.deep.equal([]);
  });
});
