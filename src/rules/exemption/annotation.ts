/**
 * An annotation that is meant to exempt an object and names no rule, or gives no reason, exempts it from nothing, and
 * whoever wrote it believes that something is accepted.
 *
 * Source: docs/exemptions.md, "On the object itself": an annotation is `exempt.merlon.dev/<rule>: <reason>`.
 */
import { EXEMPT_ANNOTATION_PREFIX } from '../../api/v1alpha1/group.ts';
import { MIN_REASON_LENGTH } from '../../api/v1alpha1/exemption.ts';
import type { AnnotatedPlace } from '../../core/annotated.ts';
import { isStatedReason } from '../../core/exemption-annotation.ts';
import { isExemptAnnotation } from '../../core/pod-shape.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { suggestRule } from '../../core/suggested-rule.ts';
import { ruleIds } from '../ids.ts';

export const annotation = defineRule({
  id: 'exemption-annotation',
  title: 'Annotations that exempt must name a rule and give a reason',
  severity: 'low',
  severityReason: 'Nothing is weaker for it, but somebody believes that a violation is accepted, and it is not.',
  subject: 'AnnotatedObject',
  controls: ['kubernetes/annotations'],
  rationale:
    'Nobody checks the keys of annotations: a rule that is misspelt, or that a later version does not have, is silently no exemption.',
  remediation:
    'Write the id of a rule as "merlon rules" lists it behind the prefix, and why it is accepted as the value; or take the annotation away.',
  example: {
    fails: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: reporter
  namespace: shop
  annotations:
    exempt.merlon.dev/service-acount-unused: used by a job that runs once a year
`,
    passes: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: reporter
  namespace: shop
  annotations:
    exempt.merlon.dev/service-account-unused: used by a job that runs once a year
`,
  },

  check: ({ places }) => places.flatMap(findMistakes),
});

function findMistakes({ path, annotations }: AnnotatedPlace): readonly Violation[] {
  return Object.entries(annotations())
    .filter(([key]) => isExemptAnnotation(key))
    .flatMap(([key, reason]) => {
      const place = `${path}.annotations[${JSON.stringify(key)}]`;
      const named = key.slice(EXEMPT_ANNOTATION_PREFIX.length);
      if (!ruleIds.includes(named)) {
        const suggestion = suggestRule(
          named,
          ruleIds.map((id) => ({ id })),
        );
        const message = `annotation "${key}" names no rule of this Merlon${suggestion}, so it exempts nothing; "merlon rules" lists them`;
        return [violation(place, reason, message)];
      }
      if (isStatedReason(reason)) return [];
      const message = `annotation "${key}" exempts nothing: give a reason of at least ${MIN_REASON_LENGTH} characters`;
      return [violation(place, reason, message)];
    });
}
