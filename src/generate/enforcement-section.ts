/** Prints how the API server holds new objects to a rule by itself, and what it sets in them. */
import { resolveParams } from '../core/params.ts';
import type { AnyRule } from '../core/rule.ts';
import { OLDEST_POLICY_MINOR } from '../core/admission-shape.ts';
import { oldestMinors } from '../enforcement/plan/planned-policy.ts';
import { podFamilyPolicies } from '../enforcement/plan/pod-family.ts';
import { code } from './markdown.ts';

const PAGE = '[enforcement](../enforcement.md)';

/** @returns nothing for a rule that is judged only */
export function describeEnforcement(rule: AnyRule): string {
  const paragraphs = [describeRefusal(rule), describeDefault(rule)].filter((one) => one !== undefined);
  return paragraphs.length === 0 ? '' : `## Enforced by the API server\n\n${paragraphs.join('\n\n')}\n\n`;
}

function describeRefusal(rule: AnyRule): string | undefined {
  const { id, inForce } = rule;
  const said = rule.enforce?.(resolveParams(rule), { podSecurityVersion: undefined });
  if (said === undefined) return undefined;
  const { family, notEnforceable } = said;
  const choice = family === 'pod-security' ? ` --rules ${id}` : '';
  const oldest = oldestMinors.MutatingAdmissionPolicy;
  const minor = family === 'image-pulls' ? oldest - 1 : notEnforceable === undefined ? undefined : oldest + 1;
  const version = minor === undefined ? '' : ` --kubernetes-version 1.${minor}`;
  const asked = code(`merlon enforce -o yaml --families ${family}${choice}${version}`);
  const which = `The policy is ${code(podFamilyPolicies[family])}, of the family ${code(family)}: ${PAGE}.`;
  const only =
    inForce === 'whereEnabled'
      ? ' The rule is in force where a policy enables it, so that it has to be named; its parameters a policy sets (`--policy`).'
      : '';
  const newest =
    family === 'image-pulls'
      ? ` For Kubernetes 1.${oldest} and later it prints one that sets ${code('imagePullPolicy: Always')} in new pods, and one that refuses those in which somebody takes that back.`
      : '';
  const exact =
    notEnforceable === undefined
      ? ''
      : ' What it spares differs between versions of Kubernetes, so that one has to be named.';
  return `${asked} prints a ValidatingAdmissionPolicy (Kubernetes 1.${OLDEST_POLICY_MINOR} or later) by which the API server refuses, or by label of the namespace records or warns of, new pods, debug containers and workloads that break this rule.${newest}${exact}${only} ${which}`;
}

function describeDefault({ id, sets }: AnyRule): string | undefined {
  if (sets === undefined) return undefined;
  const where = sets.of === 'pod' ? 'of the pod' : 'of each container and init container';
  const unless =
    sets.unless === undefined
      ? ''
      : ' It is left unset where the API server would refuse it, or it would undo what is said elsewhere.';
  const asked = code(
    `merlon enforce -o yaml --families pod-defaults --defaults ${id} --kubernetes-version 1.${oldestMinors.MutatingAdmissionPolicy}`,
  );
  const value = `${code(`${sets.field}: ${JSON.stringify(sets.value)}`)} in the security context ${where}`;
  return `${asked} prints a MutatingAdmissionPolicy (Kubernetes 1.${oldestMinors.MutatingAdmissionPolicy} or later) that sets ${value} where a new pod says nothing.${unless}`;
}
