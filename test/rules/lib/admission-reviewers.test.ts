import { expect } from 'chai';

import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import { project } from '../../../src/core/project.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { idlePoliciesOf, mutatorsOf, nameOf, validatorsOf } from '../../../src/rules/lib/admission-reviewers.ts';
import type { Reviewer, ReviewedRequest } from '../../../src/rules/lib/admission-reviewers.ts';
import { readManifests } from '../../core/yaml-objects.ts';
import { ASKED_ABOUT_EXEC, policy, webhook } from './reviewers-yaml.ts';

const pods: ReviewedRequest = { operation: 'CREATE', resource: 'pods' };
const exec: ReviewedRequest = { operation: 'CONNECT', resource: 'pods/exec' };
const attach: ReviewedRequest = { operation: 'CONNECT', resource: 'pods/attach' };

function snapshotOf(yaml: string): Snapshot {
  const manifests = readManifests(yaml);
  const objects = Object.groupBy(
    manifests.map((manifest) => project(kinds[manifest.kind].shape, manifest)),
    (_object, index) => manifests[index]?.kind ?? 'Pod',
  ) as ObjectsByKind;
  return buildObjectSnapshot({ objects, isWholeCluster: true });
}

function find(ask: typeof validatorsOf, yaml: string, request: ReviewedRequest): readonly Reviewer[] {
  return ask(snapshotOf(yaml), request);
}
const validators = (yaml: string, request = pods): readonly string[] => find(validatorsOf, yaml, request).map(nameOf);
const mutators = (yaml: string, request = pods): readonly string[] => find(mutatorsOf, yaml, request).map(nameOf);

const rule = (fields: string): string => `{ operations: [CREATE], apiGroups: [''], resources: [pods], ${fields} }`;

describe('who is asked about a request', () => {
  it('webhooks and policies that are about it', () => {
    expect(validators(webhook('Validating') + policy())).to.deep.equal([
      'ValidatingWebhookConfiguration "engine"',
      'ValidatingAdmissionPolicy "guard"',
    ]);
    expect(mutators(webhook('Mutating'))).to.deep.equal(['MutatingWebhookConfiguration "engine"']);
  });

  it('and not those about another operation, resource, group, version or scope', () => {
    const others = [
      "{ operations: [UPDATE], apiGroups: [''], resources: [pods] }",
      "{ operations: [CREATE], apiGroups: [''], resources: [services, pods/exec, '*/status'] }",
      '{ operations: [CREATE], apiGroups: [apps], resources: [pods] }',
      rule('apiVersions: [v2]'),
      rule('apiVersions: [v1], scope: Cluster'),
    ];
    for (const other of others) {
      expect(validators(webhook('Validating', other)), other).to.deep.equal([]);
      expect(validators(policy(other)), other).to.deep.equal([]);
    }
  });

  it('of those that change objects the version and the scope are not weighed', () => {
    expect(mutators(webhook('Mutating', "{ operations: [UPDATE], apiGroups: [''], resources: [pods] }"))).to.deep.equal(
      [],
    );
    expect(mutators(webhook('Mutating', rule('apiVersions: [v2]')))).to.have.length(1);
  });

  it('wildcards are about it as well', () => {
    const all = "{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], scope: '*', resources: ['*/*'] }";
    for (const request of [pods, exec, attach]) {
      expect(validators(webhook('Validating', all), request)).to.have.length(1);
    }
    const ofPods = "{ operations: ['*'], apiGroups: [''], apiVersions: [v1], scope: Namespaced, resources: [pods/*] }";
    for (const request of [pods, exec, attach]) expect(validators(policy(ofPods), request)).to.have.length(1);
    const noSubresources = "{ operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: ['*'] }";
    expect(validators(policy(noSubresources), pods)).to.have.length(1);
    expect(validators(policy(noSubresources), exec)).to.deep.equal([]);
  });

  it('exec is not attach', () => {
    const execOnly = "{ operations: [CONNECT], apiGroups: [''], apiVersions: [v1], resources: [pods/exec] }";
    expect(validators(webhook('Validating', execOnly), exec)).to.have.length(1);
    expect(validators(webhook('Validating', execOnly), attach)).to.deep.equal([]);
  });

  it('labels that a pod has to have spare those without; who connects sends none at all', () => {
    const wanted = 'objectSelector: { matchLabels: { checked: yes please } }';
    const unwanted = 'objectSelector: { matchExpressions: [{ key: free, operator: DoesNotExist }] }';
    expect(validators(webhook('Validating', undefined, wanted))).to.deep.equal([]);
    expect(validators(webhook('Validating', undefined, unwanted))).to.have.length(1);
    expect(validators(webhook('Validating', ASKED_ABOUT_EXEC, unwanted), exec)).to.deep.equal([]);
    expect(validators(webhook('Validating', ASKED_ABOUT_EXEC, 'objectSelector: {}'), exec)).to.have.length(1);
    expect(validators(policy(ASKED_ABOUT_EXEC, { match: unwanted }), exec)).to.deep.equal([]);
  });

  it('rules about some names, and exclusions, leave it open', () => {
    expect(validators(policy(rule('apiVersions: [v1], resourceNames: [web]')))).to.deep.equal([]);
    const excluded = `excludeResourceRules: [${rule('apiVersions: [v1]')}]`;
    expect(validators(policy(undefined, { match: excluded }))).to.deep.equal([]);
  });

  it('a policy refuses only where it is bound with Deny', () => {
    expect(validators(policy(undefined, { binding: 'validationActions: [Warn, Audit]' }))).to.deep.equal([]);
    const [unbound = ''] = policy().split('---\nkind: ValidatingAdmissionPolicyBinding');
    expect(validators(unbound)).to.deep.equal([]);
  });

  it('or where it records what it would refuse, if that is asked for; and says by which binding', () => {
    const audit = policy(undefined, { binding: 'validationActions: [Audit]' });
    const recorders = find((snapshot, request) => validatorsOf(snapshot, request, 'Audit'), audit, pods);
    expect(recorders.map(({ name, binding }) => [name, binding])).to.deep.equal([['guard', 'guard']]);
    expect(find(validatorsOf, policy(), pods).map(({ binding }) => binding)).to.deep.equal(['guard']);
  });

  it('a binding may leave out what the policy is about', () => {
    const elsewhere = `validationActions: [Deny], matchResources: { resourceRules: [${ASKED_ABOUT_EXEC}] }`;
    expect(validators(policy(undefined, { binding: elsewhere }))).to.deep.equal([]);
  });

  it('a policy that holds nothing against anybody refuses nothing', () => {
    const [head = '', binding = ''] = policy().split('---\nkind: ValidatingAdmissionPolicyBinding');
    const with_ = (validations: string): string =>
      `${head.replace("[{ expression: 'false' }]", validations)}---\nkind: ValidatingAdmissionPolicyBinding${binding}`;
    expect(validators(with_("[{ expression: ' true ' }]"))).to.deep.equal([]);
    expect(validators(with_('[]'))).to.deep.equal([]);
    expect(validators(with_("[{ expression: '!false' }, { expression: 'object == object' }]"))).to.deep.equal([]);
    expect(validators(with_("[{ expression: 'true' }, { expression: object.spec.hostPID }]"))).to.have.length(1);
  });

  it('what is bound, asked, and guards nothing is told of by itself', () => {
    const [head = '', binding = ''] = policy(ASKED_ABOUT_EXEC).split('---\nkind: ValidatingAdmissionPolicyBinding');
    const with_ = (expression: string): string =>
      `${head.replace("expression: 'false'", `expression: ${expression}`)}---\nkind: ValidatingAdmissionPolicyBinding${binding}`;
    const idle = (expression: string): readonly string[] =>
      idlePoliciesOf(snapshotOf(with_(expression)), exec).map(({ idleness }) => idleness);
    expect(idle("'1 == 1'")).to.deep.equal(['refuses nothing, as its validations hold whatever comes']);
    expect(idle('object.stdin')).to.deep.equal(['looks at nothing that tells which pod or who it is']);
    expect(idle('request.name != ""')).to.deep.equal([]);
    expect(idle("'false'")).to.deep.equal([]);
  });

  it('a mutating policy counts once it is bound', () => {
    const unbound = `
kind: MutatingAdmissionPolicy
metadata: { name: pull }
spec: { matchConstraints: { resourceRules: [${rule('apiVersions: [v1]')}] } }
`;
    const binding = `
---
kind: MutatingAdmissionPolicyBinding
metadata: { name: pull }
spec: { policyName: pull }
`;
    expect(mutators(unbound)).to.deep.equal([]);
    expect(mutators(unbound + binding)).to.deep.equal(['MutatingAdmissionPolicy "pull"']);
  });

  it('says in which namespaces, by the labels that both the policy and its binding ask for', () => {
    const [one] = find(
      validatorsOf,
      policy(undefined, {
        match: 'namespaceSelector: { matchLabels: { team: a } }',
        binding: 'validationActions: [Deny], matchResources: { namespaceSelector: { matchLabels: { stage: live } } }',
      }),
      pods,
    );
    expect(one?.isAskedIn({ team: 'a', stage: 'live' })).to.equal(true);
    expect(one?.isAskedIn({ team: 'a' })).to.equal(false);
    expect(one?.isAskedIn({ stage: 'live' })).to.equal(false);
    expect(one?.isAskedIn(undefined)).to.equal(false);
  });

  it('says whether requests go on where it fails', () => {
    const failsOpen = (yaml: string): readonly boolean[] =>
      find(validatorsOf, yaml, pods).map((reviewer) => reviewer.failsOpen);
    expect(failsOpen(webhook('Validating', undefined, 'failurePolicy: Ignore'))).to.deep.equal([true]);
    expect(failsOpen(webhook('Validating', undefined, 'failurePolicy: Fail'))).to.deep.equal([false]);
    // Fail is the default of v1.
    expect(failsOpen(webhook('Validating'))).to.deep.equal([false]);
    expect(failsOpen(policy(undefined, { spec: 'failurePolicy: Ignore' }))).to.deep.equal([true]);
  });
});
