/** Prints what was found to be granted today as policies, one YAML document each, with what has to be said in comments. */
import { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { expectationsSchema } from '../api/v1alpha1/expectation.ts';
import { API_VERSION } from '../api/v1alpha1/group.ts';
import { OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import { countSinglePermissions, MAX_SINGLE_PERMISSIONS } from '../core/expectation-problem.ts';
import { findSchemaProblem } from '../core/schema-problem.ts';
import type { AccountExpectation, ExpectationsOfToday } from '../rbac/expectations-of-today.ts';
import { comment, flow, scalar } from './yaml-text.ts';

export interface StatedPolicies {
  readonly name: string;
  readonly namespace: string;
  /** Whether grants beyond the namespace were asked for. */
  readonly isComplete: boolean;
}

/** As many as one policy may have. */
const MAX_EXPECTATIONS = expectationsSchema.maxItems;
const MAX_PERMISSIONS = expectationsSchema.items.properties.allow.maxItems;
/** It decides only where no other policy does, and then as none would. */
const LOWEST_PRIORITY = -1_000_000;

export function* printStatedExpectations(
  { own, cluster }: ExpectationsOfToday,
  { name, namespace, isComplete }: StatedPolicies,
): Generator<string> {
  yield comment(
    `What the service accounts of namespace "${namespace}" are granted, as "merlon expectations init" found it.`,
  );
  yield comment('Anything else that they are granted later is a finding of the rule rbac-expectations.');
  if (!isComplete) {
    yield comment('Grants in other namespaces were not looked for: -A states them in a ClusterHardeningPolicy.');
  }
  const documents = [
    ...chunks(own).map((some, index) => printOwn(nameOf(name, index), namespace, some)),
    ...chunks(cluster).map((some, index) => printCluster(nameOf(`${namespace}-${name}`, index), namespace, some)),
  ];
  for (const [index, document] of documents.entries()) {
    if (index > 0) yield '---\n';
    yield* document;
  }
}

function* printOwn(name: string, namespace: string, some: readonly AccountExpectation[]): Generator<string> {
  yield `apiVersion: ${API_VERSION}\nkind: ${OWN_POLICY_KIND}\nmetadata:\n  name: ${scalar(name)}\n`;
  yield `  namespace: ${scalar(namespace)}\nspec:\n`;
  yield* printExpectations(some);
}

function* printCluster(name: string, namespace: string, some: readonly AccountExpectation[]): Generator<string> {
  yield comment('Accounts that are granted something beyond their namespace, with all that they are granted.');
  yield `apiVersion: ${API_VERSION}\nkind: ${POLICY_KIND}\nmetadata:\n  name: ${scalar(name)}\nspec:\n`;
  yield `  # It decides for nothing that another policy decides for: only its expectations count.\n`;
  yield `  priority: ${LOWEST_PRIORITY}\n  namespaceSelector:\n    matchLabels:\n`;
  yield `      kubernetes.io/metadata.name: ${scalar(namespace)}\n`;
  yield* printExpectations(some);
}

function* printExpectations(some: readonly AccountExpectation[]): Generator<string> {
  yield '  expectations:\n';
  for (const { spec, notes, doubts } of some) {
    yield `    - subject: ${flow(spec.subject)}\n`;
    for (const note of [...notes, ...doubts.map((doubt) => `not stated, because it is not known: ${doubt}`)]) {
      yield `      ${comment(note)}`;
    }
    if (spec.allow !== undefined) yield '      allow:\n';
    for (const permission of spec.allow ?? []) yield `        - ${flow(permission)}\n`;
    yield '      only: true\n';
  }
}

/** As many in one policy as it may hold. */
function chunks(all: readonly AccountExpectation[]): readonly (readonly AccountExpectation[])[] {
  const found: AccountExpectation[][] = [];
  for (const one of all) {
    const last = found.at(-1);
    if (last !== undefined && fits([...last, one])) last.push(one);
    else found.push([one]);
  }
  return found;
}

function fits(some: readonly AccountExpectation[]): boolean {
  return some.length <= MAX_EXPECTATIONS && sumOf(some) <= MAX_SINGLE_PERMISSIONS;
}

function sumOf(some: readonly AccountExpectation[]): number {
  return some
    .flatMap(({ spec }) => spec.allow ?? [])
    .map(countSinglePermissions)
    .reduce((sum, count) => sum + count, 0);
}

/** @returns why no policy could hold it, even alone, to be read behind "is granted"; undefined where one can */
export function whyNotStated(one: AccountExpectation): string | undefined {
  if ((one.spec.allow?.length ?? 0) > MAX_PERMISSIONS || !fits([one])) return 'more than one expectation can list';
  const problem = findSchemaProblem(expectationsSchema.items, one.spec, 'expectation');
  return problem === undefined ? undefined : `what no expectation can list: ${problem.message}`;
}

function nameOf(name: string, index: number): string {
  return index === 0 ? name : `${name}-${index + 1}`;
}
