import { expect } from 'chai';

import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { project } from '../../../src/core/project.ts';
import { previewDefaultTokens } from '../../../src/enforcement/plan/default-token-preview.ts';

const PLACE = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR = { 'kubernetes.io/config.mirror': 'abc' };
const off = { automountServiceAccountToken: false };
const on = { automountServiceAccountToken: true };
const projected = { volumes: [{ name: 'held', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] };
const inItsPlace = {
  containers: [{ name: 'main', volumeMounts: [{ name: 'held', mountPath: PLACE }] }],
  volumes: [{ name: 'held', projected: { sources: [{ secret: { name: 'my' } }] } }],
};

interface Asked {
  /** Of the account called default; undefined where it is not among the files. */
  readonly account?: object;
  readonly isUnread?: boolean;
  readonly isWholeCluster?: boolean;
}

/** Of a pod, or of a template. */
interface Made {
  readonly metadata?: object;
  readonly spec?: object;
}

function preview(objects: { readonly pod?: Made; readonly template?: Made }, asked: Asked = {}) {
  const { account, isUnread = false, isWholeCluster = true } = asked;
  const complete = (made: Made) => ({ ...made, spec: { containers: [{ name: 'main' }], ...made.spec } });
  const metadata = { name: 'web', namespace: 'shop' };
  const pods = objects.pod === undefined ? [] : [complete(objects.pod)];
  const templates = objects.template === undefined ? [] : [complete(objects.template)];
  const snapshot = buildObjectSnapshot({
    objects: {
      Pod: pods.map((pod) => project(kinds.Pod.shape, { ...pod, metadata: { ...metadata, ...pod.metadata } })),
      Deployment: templates.map((template) => project(kinds.Deployment.shape, { metadata, spec: { template } })),
      ServiceAccount:
        account === undefined
          ? []
          : [project(kinds.ServiceAccount.shape, { metadata: { name: 'default', namespace: 'shop' }, ...account })],
    },
    isWholeCluster,
    missing: isUnread ? [{ source: 'ServiceAccount', state: 'forbidden', message: 'forbidden' }] : [],
  });
  const { refused, undecided } = previewDefaultTokens('shop', snapshot);
  return {
    refused: refused.flatMap(({ finding }) => finding.violations.map(({ path, message }) => `${path}: ${message}`)),
    undecided: undecided.map(({ finding }) => finding.message),
  };
}

const refused = (...places: readonly string[]) => ({ refused: places, undecided: [] });
const GIVEN = 'the account "default" gives its token; set it to false, or name an account of its own';

describe('what would be refused as it runs as the default account with its token', () => {
  it('is a workload that says nothing where the account gives it, and one that asks for it', () => {
    const path = 'spec.template.spec.automountServiceAccountToken';
    expect(preview({ template: {} }, { account: {} })).to.deep.equal(refused(`${path}: ${GIVEN}`));
    expect(preview({ template: {} }, { account: off })).to.deep.equal(refused());
    expect(preview({ template: { spec: on } }, { account: off })).to.deep.equal(
      refused(`${path}: it asks for the token of the account "default"`),
    );
  });

  it('is what holds one in a volume, with the place', () => {
    expect(preview({ pod: { spec: { ...off, ...projected } } })).to.deep.equal(
      refused(
        'spec.volumes[0].projected.sources[0].serviceAccountToken: the volume holds the token of the account "default"',
      ),
    );
    expect(preview({ template: { spec: { ...off, ...inItsPlace } } })).to.deep.equal(
      refused(
        'spec.template.spec.volumes[0].projected.sources[0].secret: the volume holds a token of "default" that never expires',
      ),
    );
  });

  it('is a token for whomever where clients look for one, and elsewhere one for the API server by its usual names', () => {
    const at = (mountPath: string) => ({
      containers: [{ name: 'main', volumeMounts: [{ name: 'held', mountPath }] }],
      volumes: [
        {
          name: 'held',
          projected: {
            sources: [{ serviceAccountToken: { path: 'token', audience: 'https://oidc.example.com/id/1' } }],
          },
        },
      ],
    });
    const held = 'volumes[0].projected.sources[0].serviceAccountToken: the volume holds the token';
    expect(preview({ pod: { spec: { ...off, ...at(PLACE) } } })).to.deep.equal(
      refused(`spec.${held} of the account "default"`),
    );
    expect(preview({ template: { spec: { ...off, ...at(`${PLACE}/`) } } })).to.deep.equal(
      refused(`spec.template.spec.${held} of the account "default"`),
    );
    expect(preview({ pod: { spec: { ...off, ...at('/tokens') } } })).to.deep.equal(refused());
  });

  it('is not known where the account decides and is not known', () => {
    expect(preview({ template: {} }, { isWholeCluster: false }).undecided).to.deep.equal([
      'whether service account "default" gives its token to pods is not known, as it is not among the files',
    ]);
    expect(preview({ pod: {} }, { isUnread: true })).to.deep.equal({
      refused: [],
      undecided: ['serviceaccounts could not be listed: forbidden'],
    });
  });

  it('is known all the same where the account does not decide', () => {
    const asked = { isWholeCluster: false };
    expect(preview({ template: { spec: off } }, asked)).to.deep.equal(refused());
    expect(preview({ template: { spec: { serviceAccountName: 'web' } } }, asked)).to.deep.equal(refused());
    expect(preview({ template: { spec: on } }, asked).refused).to.have.length(1);
    expect(preview({ template: { spec: projected } }, asked).refused).to.have.length(1);
    const taken = { containers: inItsPlace.containers, volumes: [{ name: 'held', emptyDir: {} }] };
    expect(preview({ template: { spec: taken } }, asked)).to.deep.equal(refused());
  });

  it('is no static pod, to which nothing is added, and a template that says it is one only where it asks itself', () => {
    const metadata = { annotations: MIRROR };
    expect(preview({ pod: { metadata, spec: on } }, { account: {} })).to.deep.equal(refused());
    expect(preview({ template: { metadata } }, { account: {} })).to.deep.equal(refused());
    expect(preview({ template: { metadata, spec: projected } }, { account: {} }).refused).to.have.length(1);
  });

  it('is not known of what cannot be read', () => {
    const { undecided } = preview({ template: { spec: { volumes: 'none' } } }, { account: off });
    expect(undecided).to.have.length(1);
    expect(undecided[0]).to.match(/volumes" must be a list/);
  });
});
