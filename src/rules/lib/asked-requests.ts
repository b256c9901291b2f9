/**
 * Which requests the rules of a webhook or a policy are about.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/admission/plugin/webhook/predicates/rules.
 */
import type { ValidatedRule } from '../../core/admission-shape.ts';

/** About an object of an API in its version v1. */
export interface AskedRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'CONNECT';
  readonly group: string;
  /** With its subresource, as `pods/exec`. */
  readonly resource: string;
  readonly scope: 'Namespaced' | 'Cluster';
}

/** What is not there of a rule is taken for any. */
export function isAbout(rule: ValidatedRule, { operation, group, resource, scope }: AskedRequest): boolean {
  const { operations, apiGroups, apiVersions = ['*'], resources, scope: asked = '*' } = rule;
  const holds = (list: readonly string[] | undefined, one: string): boolean =>
    list?.some((item) => item === '*' || item === one) === true;
  return (
    holds(operations, operation) &&
    holds(apiGroups, group) &&
    holds(apiVersions, 'v1') &&
    (asked === '*' || asked === scope) &&
    resources?.some((one) => isResource(one, resource)) === true
  );
}

function isResource(pattern: string, resource: string): boolean {
  const [ofResource, ofSubresource = ''] = pattern.split('/', 2);
  const [name, subresource = ''] = resource.split('/', 2);
  const isSame = (one: string | undefined, other: string | undefined): boolean => one === '*' || one === other;
  return isSame(ofResource, name) && isSame(ofSubresource, subresource);
}
