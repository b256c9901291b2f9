/**
 * Label selectors as the API server understands them.
 * Source: apimachinery v0.37.2, pkg/apis/meta/v1 LabelSelectorAsSelector and pkg/labels NewRequirement.
 */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Why the API server would refuse the selector, to be read after its field's name; undefined if it would not. */
export function selectorProblem(selector: LabelSelector): string | undefined {
  const asRequirements = Object.entries(selector.matchLabels ?? {}).map(([key, label]) => ({
    key,
    operator: 'In',
    values: [label],
  }));
  for (const requirement of [...asRequirements, ...(selector.matchExpressions ?? [])]) {
    const problem = requirementProblem(requirement);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function requirementProblem({ key, operator, values = [] }: LabelSelectorRequirement): string | undefined {
  if (!isLabelKey(key)) return `has the key "${key}", which is no label key`;
  switch (operator) {
    case 'In':
    case 'NotIn': {
      if (values.length === 0) return `has the operator ${operator} on "${key}" without values`;
      const bad = values.find((label) => label !== '' && !NAME.test(label));
      return bad === undefined ? undefined : `compares "${key}" with "${bad}", which is no label value`;
    }
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0 ? undefined : `has the operator ${operator} on "${key}" with values`;
    default:
      return `has the operator "${operator}" on "${key}"; allowed are In, NotIn, Exists, DoesNotExist`;
  }
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash === -1) return NAME.test(key);
  const prefix = key.slice(0, slash);
  return prefix.length <= 253 && DNS_SUBDOMAIN.test(prefix) && NAME.test(key.slice(slash + 1));
}

/** @param selector one without a problem; an empty one matches everything */
export function matchesSelector(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const has = (key: string): boolean => Object.hasOwn(labels, key);
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, label]) => has(key) && labels[key] === label) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      switch (operator) {
        case 'In':
          return has(key) && values.includes(labels[key] ?? '');
        case 'NotIn':
          return !has(key) || !values.includes(labels[key] ?? '');
        case 'Exists':
          return has(key);
        case 'DoesNotExist':
          return !has(key);
        default:
          return false;
      }
    })
  );
}
