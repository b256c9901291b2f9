/** Rules that fail by the image of a container, and an evaluator that is looked at. */
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
import type { Observation, Snapshot } from '../../src/core/snapshot.ts';

const text = {
  title: 'A rule of this test',
  severityReason: '',
  controls: [],
  rationale: '',
  remediation: '',
  example: { fails: '', passes: '' },
} as const;

export function ruleOf<S extends SubjectType>(
  rule: Pick<Rule<S>, 'id' | 'subject' | 'check'> & Partial<Rule<S>>,
): Rule<S> {
  return { ...text, severity: 'medium', ...rule };
}

/** Fails each container by its image: `bad` fails, `odd` is unknown, `other` does not apply. */
export const imageRule = ruleOf({
  id: 'image',
  subject: 'Workload',
  check: (pod) => judgeImages(pod),
});

/** Fails everything, with the version of the API server as what was observed. */
export const versionedRule = ruleOf({
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

export const params = {
  type: 'object',
  properties: { limit: { type: 'integer', format: 'int32', minimum: 0, default: 5, description: 'How many.' } },
} as const satisfies ParamsSchema;

export class Probe {
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
export function brief({ rule, outcome, subject, violations }: Finding): string {
  const places = violations.map(({ path }) => path).join(' ');
  return [rule.id, outcome, `${subject.kind}/${subject.name}`, places].join(' ').trimEnd();
}

export function forbidden(source: KindName): { readonly missing: readonly Observation<KindName>[] } {
  return { missing: [{ source, state: 'forbidden', message: `the right to list it is missing` }] };
}

export const shop: Scope = { namespace: 'shop' };

export const goodPod = `
kind: Pod
metadata: { name: good, namespace: shop }
spec: { containers: [{ name: web, image: good }] }
`;
export const badPod = `
kind: Pod
metadata: { name: bad, namespace: shop }
spec: { containers: [{ name: web, image: bad }] }
`;
