import { expect } from 'chai';

import type { ObjectSnapshotOptions } from '../../src/core/object-snapshot.ts';
import { describeAdvice } from '../../src/pod-security/advice-text.ts';
import { adviseLevel } from '../../src/pod-security/level-advisor.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { cronJob, maker, namespace, ownedBy, pod, specs, webhookOnPods } from './advised-namespace.ts';

type Options = Partial<Omit<ObjectSnapshotOptions, 'objects'>>;

interface Row {
  readonly name: string;
  readonly yaml: string;
  readonly options?: Options;
  readonly ready: string;
  /** What people read. */
  readonly says: string;
}

function advise(yaml: string, options: Options = {}) {
  return adviseLevel(snapshotOf(yaml, { podSecurityVersion: 37, ...options }), 'shop');
}

function check({ name, yaml, options, ready, says }: Row): void {
  it(name, () => {
    const advice = advise(namespace() + yaml, options);
    expect({ ready: advice.ready, says: describeAdvice(advice) }).to.deep.equal({ ready, says });
  });
}

const { restricted, baseline, privileged } = specs;
const passesRestricted = 'every workload passes restricted:v1.37';
const unknown = 'whether every workload passes baseline:v1.37 is not known';
const ofBaseline = 'allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true and 1 more';

describe('a namespace is ready for', () => {
  const rows: readonly Row[] = [
    {
      name: 'restricted, where nothing is there to be refused',
      yaml: '',
      ready: 'restricted',
      says: 'there is no workload that a level could refuse',
    },
    {
      name: 'restricted, where what runs and what would run pass it',
      yaml:
        pod('bare', restricted) +
        maker('Deployment', 'web', restricted) +
        maker('StatefulSet', 'db', restricted) +
        maker('DaemonSet', 'agent', restricted) +
        maker('Job', 'once', restricted) +
        maker('ReplicationController', 'old', restricted) +
        cronJob('nightly', restricted),
      ready: 'restricted',
      says: passesRestricted,
    },
    {
      name: 'baseline, where a pod passes no more',
      yaml: pod('a', restricted) + pod('b', baseline),
      ready: 'baseline',
      says: `every workload passes baseline:v1.37; in the way of restricted:v1.37: Pod "b" (${ofBaseline})`,
    },
    {
      name: 'privileged, where a pod passes nothing',
      yaml: pod('a', baseline) + pod('b', privileged),
      ready: 'privileged',
      says: 'not every workload passes baseline; in the way of baseline:v1.37: Pod "b" (host namespaces, privileged)',
    },
    {
      name: 'baseline, because of what is scaled to zero',
      yaml: maker('Deployment', 'web', baseline),
      ready: 'baseline',
      says: `every workload passes baseline:v1.37; in the way of restricted:v1.37: Deployment "web" (${ofBaseline})`,
    },
    {
      name: 'privileged, because of what is scheduled',
      yaml: cronJob('nightly', privileged),
      ready: 'privileged',
      says: 'not every workload passes baseline; in the way of baseline:v1.37: CronJob "nightly" (host namespaces, privileged)',
    },
    {
      name: 'what the present template and the pods of the one before both pass',
      yaml:
        maker('StatefulSet', 'db', restricted) +
        pod('db-0', privileged, ownedBy('StatefulSet', 'db')) +
        maker('StatefulSet', 'queue', privileged) +
        pod('queue-0', restricted, ownedBy('StatefulSet', 'queue')),
      ready: 'privileged',
      says: 'not every workload passes baseline; in the way of baseline:v1.37: StatefulSet "db" (its pods: host namespaces, privileged), StatefulSet "queue" (its template: host namespaces, privileged)',
    },
    {
      name: 'what Jobs of an earlier template pass, which may run still, or have left pods behind',
      yaml:
        cronJob('nightly', restricted) +
        maker('Job', 'nightly-1', privileged, ownedBy('CronJob', 'nightly', 'batch/v1')),
      ready: 'privileged',
      says: 'not every workload passes baseline; in the way of baseline:v1.37: CronJob "nightly" (host namespaces, privileged)',
    },
    {
      name: 'restricted, whatever earlier ReplicaSets of a Deployment hold',
      yaml:
        maker('Deployment', 'web', restricted) +
        maker('ReplicaSet', 'web-1', privileged, ownedBy('Deployment', 'web')) +
        maker('ReplicaSet', 'web-2', restricted, ownedBy('Deployment', 'web')),
      ready: 'restricted',
      says: passesRestricted,
    },
    {
      name: 'what the ReplicaSets of a Deployment pass that is paused: pods come from them and not from its template',
      yaml:
        maker('Deployment', 'web', restricted) + maker('ReplicaSet', 'web-1', baseline, ownedBy('Deployment', 'web')),
      ready: 'baseline',
      says: `every workload passes baseline:v1.37; in the way of restricted:v1.37: Deployment "web" (${ofBaseline})`,
    },
    {
      name: 'what a pod passes that claims an owner which does not exist',
      yaml: maker('ReplicaSet', 'web', restricted) + pod('web-1', privileged, ownedBy('ReplicaSet', 'gone')),
      ready: 'privileged',
      says: 'not every workload passes baseline; in the way of baseline:v1.37: Pod "web-1" (host namespaces, privileged)',
    },
    {
      name: 'what no more than three workloads are named for',
      yaml: [1, 2, 3, 4, 5].map((number) => pod(`pod-${number}`, privileged)).join(''),
      ready: 'privileged',
      says: 'not every workload passes baseline; in the way of baseline:v1.37: Pod "pod-1" (host namespaces, privileged), Pod "pod-2" (host namespaces, privileged), Pod "pod-3" (host namespaces, privileged) and 2 more',
    },
  ];
  rows.forEach(check);

  it('its own workloads, and no others', () => {
    const other = pod('other', privileged).replace('namespace: shop', 'namespace: elsewhere');
    expect(advise(namespace() + pod('a', restricted) + other)).to.include({ ready: 'restricted', workloads: 1 });
  });
});

describe('what a namespace is ready for depends on the version', () => {
  const slowStart = `{ securityContext: { sysctls: [{ name: net.ipv4.tcp_slow_start_after_idle }] }, containers: [{ name: web }] }`;

  it('of the API server, which is the one that is advised', () => {
    const yaml = namespace() + pod('a', slowStart);
    expect(advise(yaml, { podSecurityVersion: 37 })).to.deep.include({
      ready: 'baseline',
      version: 37,
      change: { level: 'baseline', version: 37 },
    });
    expect(advise(yaml, { podSecurityVersion: 36 })).to.deep.include({ ready: 'privileged', version: 36 });
  });

  it('that Merlon knows, where the API server is newer: by that one it judges as Merlon does', () => {
    expect(advise(namespace() + pod('a', restricted), { podSecurityVersion: 40 })).to.deep.include({
      version: 37,
      change: { level: 'restricted', version: 37 },
    });
  });
});

describe('what a namespace is ready for is unknown', () => {
  const forbidden = (source: 'Pod' | 'CronJob' | 'MutatingWebhookConfiguration') => ({
    missing: [{ source, state: 'forbidden', message: `listing ${source} is forbidden` } as const],
  });
  const rows: readonly Row[] = [
    {
      name: 'where the version of the API server is not known',
      yaml: pod('a', restricted),
      options: {
        missing: [{ source: 'ServerVersion', state: 'unobserved', message: 'GET /version was answered 403' }],
      },
      ready: 'unknown',
      says: 'whether every workload passes baseline is not known: the version of the API server is not known (GET /version was answered 403)',
    },
    {
      name: 'where a kind of workloads could not be listed',
      yaml: pod('a', restricted),
      options: forbidden('CronJob'),
      ready: 'unknown',
      says: `${unknown}: cronjobs could not be listed (listing CronJob is forbidden)`,
    },
    {
      name: 'where the pods could not be listed, however good the templates are',
      yaml: maker('Deployment', 'web', restricted),
      options: forbidden('Pod'),
      ready: 'unknown',
      says: `${unknown}: pods could not be listed (listing Pod is forbidden)`,
    },
    {
      name: 'where pods come from something that is not read',
      yaml: pod('a', restricted, ownedBy('Workflow', 'build', 'argoproj.io/v1alpha1')),
      ready: 'unknown',
      says: `${unknown}: what the next pods of Workflow "build" are made from is not read`,
    },
    {
      name: 'where the next ReplicaSet comes from something that is not read',
      yaml: maker('ReplicaSet', 'web-1', restricted, ownedBy('Rollout', 'web', 'argoproj.io/v1alpha1')),
      ready: 'unknown',
      says: `${unknown}: what the next pods of Rollout "web" are made from is not read`,
    },
    {
      name: 'and says what is in the way of restricted all the same',
      yaml:
        pod('a', restricted, ownedBy('Workflow', 'build', 'argoproj.io/v1alpha1')) +
        maker('Deployment', 'web', baseline),
      ready: 'unknown',
      says: `${unknown}: what the next pods of Workflow "build" are made from is not read; in the way of restricted:v1.37: Deployment "web" (${ofBaseline})`,
    },
    {
      name: 'where whether pods are changed on their way in is not known, and no pod shows it',
      yaml: maker('Deployment', 'web', restricted),
      options: forbidden('MutatingWebhookConfiguration'),
      ready: 'unknown',
      says: `${unknown}: no pod of Deployment "web" shows what becomes of its template: whether anything changes pods when they are created is not known (listing MutatingWebhookConfiguration is forbidden)`,
    },
    {
      name: 'where a webhook changes pods, and no pod shows how',
      yaml: cronJob('nightly', restricted) + webhookOnPods(),
      ready: 'unknown',
      says: `${unknown}: no pod of CronJob "nightly" shows what becomes of its template: a mutating webhook may change such pods when they are created`,
    },
  ];
  rows.forEach(check);

  it('where a template holds a field of a wrong type', () => {
    const advice = advise(maker('Deployment', 'web', '{ hostPID: "yes", containers: [{ name: web }] }'));
    expect(advice.ready).to.equal('unknown');
    expect(advice.doubts).to.deep.equal([
      'Deployment "web" cannot be judged: field "spec.template.spec.hostPID" must be a boolean, found the string "yes"',
    ]);
  });

  it('but not what fails for certain', () => {
    const yaml = namespace() + pod('a', privileged) + cronJob('nightly', restricted) + webhookOnPods();
    expect(advise(yaml, forbidden('CronJob')).ready).to.equal('privileged');
    expect(advise(yaml).ready).to.equal('privileged');
  });

  it('but not because an owner that is not read owns what makes the pods', () => {
    const yaml =
      maker('StatefulSet', 'db', restricted, ownedBy('Database', 'db', 'example.org/v1')) +
      pod('db-0', restricted, ownedBy('StatefulSet', 'db'));
    expect(advise(namespace() + yaml).ready).to.equal('restricted');
  });

  it('no longer, where labels of the namespace cannot be read: they say nothing of its workloads', () => {
    const missing = [{ source: 'Namespace', state: 'forbidden', message: 'grant it' } as const];
    expect(advise(pod('a', restricted), { missing })).to.deep.include({
      enforced: { level: undefined, version: undefined },
      ready: 'restricted',
    });
  });
});

describe('where something changes pods on their way in, a template is known by pods', () => {
  const status = (seen: number, updated: number): string =>
    `status: { observedGeneration: ${seen}, updatedReplicas: ${updated} }`;
  const daemonStatus = (seen: number, updated: number): string =>
    `status: { observedGeneration: ${seen}, updatedNumberScheduled: ${updated} }`;
  const ready = (yaml: string): string => advise(namespace() + yaml + webhookOnPods()).ready;
  const podOf = (kind: string, name: string): string => pod(`${name}-0`, restricted, ownedBy(kind, name));

  it('of a Deployment whose controller has made some of them', () => {
    const web = (more: string): string =>
      maker('Deployment', 'web', restricted, '', more) +
      maker('ReplicaSet', 'web-1', restricted, ownedBy('Deployment', 'web')) +
      podOf('ReplicaSet', 'web-1');
    expect(ready(web(status(2, 1)))).to.equal('restricted');
    expect(ready(web(status(2, 0)))).to.equal('unknown');
    expect(ready(web(status(1, 1)))).to.equal('unknown');
    expect(ready(web(''))).to.equal('unknown');
  });

  it('and not by those that a controller only says there are', () => {
    expect(ready(maker('Deployment', 'web', restricted, '', status(2, 1)))).to.equal('unknown');
  });

  it('of a StatefulSet', () => {
    const db = (more: string): string => maker('StatefulSet', 'db', restricted, '', more) + podOf('StatefulSet', 'db');
    expect(ready(db(status(2, 1)))).to.equal('restricted');
    expect(ready(db(status(2, 0)))).to.equal('unknown');
  });

  it('of a DaemonSet', () => {
    const agent = (more: string): string =>
      maker('DaemonSet', 'agent', restricted, '', more) + podOf('DaemonSet', 'agent');
    expect(ready(agent(daemonStatus(2, 1)))).to.equal('restricted');
    expect(ready(agent(daemonStatus(2, 0)))).to.equal('unknown');
    expect(ready(agent(daemonStatus(1, 1)))).to.equal('unknown');
  });

  it('of a Job, whose template cannot change', () => {
    const job = maker('Job', 'once', restricted);
    expect(ready(job)).to.equal('unknown');
    expect(ready(job + pod('once-0', restricted, ownedBy('Job', 'once', 'batch/v1')))).to.equal('restricted');
  });

  it('of a CronJob, unless its Jobs are of an earlier template', () => {
    const run = (spec: string): string =>
      cronJob('nightly', restricted) +
      maker('Job', 'nightly-1', spec, ownedBy('CronJob', 'nightly', 'batch/v1')) +
      pod('nightly-1-0', restricted, ownedBy('Job', 'nightly-1', 'batch/v1'));
    const earlier = restricted.replace('name: web', 'name: earlier');
    expect(ready(run(restricted))).to.equal('restricted');
    expect(ready(run(earlier))).to.equal('unknown');
  });

  it('but not of a ReplicaSet or ReplicationController, which keeps its pods when its template changes', () => {
    expect(ready(maker('ReplicaSet', 'web', restricted) + podOf('ReplicaSet', 'web'))).to.equal('unknown');
    const old = maker('ReplicationController', 'old', restricted);
    expect(ready(old + pod('old-0', restricted, ownedBy('ReplicationController', 'old', 'v1')))).to.equal('unknown');
  });

  it('that run as they were changed, and must pass as such', () => {
    const db = maker('StatefulSet', 'db', restricted, '', status(2, 1));
    expect(ready(db + pod('db-0', baseline, ownedBy('StatefulSet', 'db')))).to.equal('baseline');
  });

  it('and bare pods have none', () => {
    expect(ready(pod('a', restricted))).to.equal('restricted');
  });
});

describe('the change of labels', () => {
  const change = (labels: string, spec: string) => advise(namespace(labels) + pod('a', spec)).change;
  const enforce = (level: string, version = ''): string =>
    `pod-security.kubernetes.io/enforce: ${level}, ${version === '' ? '' : `pod-security.kubernetes.io/enforce-version: ${version},`}`;

  it('is the level that is ready, where none is enforced that is known', () => {
    expect(change('', restricted)).to.deep.equal({ level: 'restricted', version: 37 });
    expect(change('', baseline)).to.deep.equal({ level: 'baseline', version: 37 });
  });

  it('is a stricter level than the one that is enforced', () => {
    expect(change(enforce('privileged'), baseline)).to.deep.equal({ level: 'baseline', version: 37 });
    expect(change(enforce('baseline', 'v1.30'), restricted)).to.deep.equal({ level: 'restricted', version: 37 });
  });

  it('is a newer version of the same level than the one that is pinned', () => {
    expect(change(enforce('baseline', 'v1.30'), baseline)).to.deep.equal({ level: 'baseline', version: 37 });
  });

  it('is none where as much is enforced', () => {
    expect(change(enforce('restricted'), restricted)).to.equal(undefined);
    expect(change(enforce('restricted', 'latest'), restricted)).to.equal(undefined);
    expect(change(enforce('restricted', 'v1.37'), restricted)).to.equal(undefined);
    expect(change(enforce('restricted', 'v1.40'), restricted)).to.equal(undefined);
  });

  it('is none where a level that cannot be read is enforced as restricted', () => {
    expect(change(enforce('Baseline'), baseline)).to.equal(undefined);
  });

  it('is never a weaker level', () => {
    const advice = advise(namespace(enforce('restricted', 'v1.37')) + pod('a', baseline));
    expect(advice).to.include({ ready: 'baseline', change: undefined });
    expect(describeAdvice(advice)).to.match(
      /; the namespace enforces restricted, so pods like these are refused when they are created again$/,
    );
  });

  it('is none where nothing passes, or nothing is known', () => {
    expect(change('', privileged)).to.equal(undefined);
    expect(advise(namespace() + cronJob('nightly', restricted) + webhookOnPods()).change).to.equal(undefined);
  });
});
