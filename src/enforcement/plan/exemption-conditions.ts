/**
 * Exemptions as conditions of a policy about pods: what the one matcher accepts, as far as CEL can tell it of a single
 * object. What it cannot tell is refused with a reason; then the API server refuses what reports say is exempt, and never
 * the other way round.
 *
 * Namespace and service account are the same for a workload and its pods. Its kind, name and labels are not: whose pod a
 * pod is its owner references say, which whoever creates it writes, and nothing can be looked up.
 */
import { podVariables } from '../../core/enforcement.ts';
import type { Exemption, JudgedExemption } from '../../core/exemption.ts';
import { nameExemption } from '../../core/exemption.ts';
import { permissionOf } from '../../core/exemption-matcher.ts';
import type { ExemptionTerms } from '../../core/exemption-terms.ts';
import { isPattern } from '../../core/glob.ts';
import { MIRROR_ANNOTATION } from '../../core/pod-shape.ts';
import type { AnyRule } from '../../core/rule.ts';
import { celLiteral } from './cel.ts';
import type { PlannedExemption } from './pod-family.ts';

/** Of subjects, in one policy: with 2,000 the API server cancels every request. */
export const MAX_EXEMPTED_SUBJECTS = 200;

export interface ExemptionConditions {
  readonly exemptions: readonly PlannedExemption[];
  /** Those of which they were made. */
  readonly counting: readonly Exemption[];
  readonly refused: readonly RefusedExemption[];
}

export interface RefusedExemption {
  /** `ClusterHardeningExemption/agents` */
  readonly name: string;
  readonly reason: 'NotOfCluster' | 'Expired' | 'Expires' | 'NotPermitted' | 'NotInCel' | 'TooMany';
  /** To be read after the name. */
  readonly message: string;
}

export interface ConditionOptions {
  /** Those that could be exempted from. */
  readonly rules: readonly AnyRule[];
  readonly terms: ExemptionTerms;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Whether the policy is planned anew when an exemption ends: a policy knows no clock. */
  readonly isReplanned: boolean;
}

/** @param judged the oldest first, which are those that count where there are too many */
export function planExemptions(judged: readonly JudgedExemption[], options: ConditionOptions): ExemptionConditions {
  const exemptions: PlannedExemption[] = [];
  const counting: Exemption[] = [];
  const refused: RefusedExemption[] = [];
  let left = MAX_EXEMPTED_SUBJECTS;
  for (const one of judged) {
    const planned = planExemption(one, options, left);
    if (planned === undefined || one.exemption === undefined) continue;
    if ('reason' in planned) refused.push(planned);
    else {
      exemptions.push(planned);
      counting.push(one.exemption);
      left -= one.object.spec.subjects.length;
    }
  }
  return { exemptions, counting, refused };
}

/** @returns undefined where it is about no rule that is enforced, or cannot be used at all */
function planExemption(
  { object, exemption }: JudgedExemption,
  { rules, terms, nowMs, isReplanned }: ConditionOptions,
  left: number,
): PlannedExemption | RefusedExemption | undefined {
  const concerned = rules.filter(({ id }) => exemption?.rules.has(id));
  if (exemption === undefined || concerned.length === 0) return undefined;
  const name = nameExemption(exemption);
  const refuse = (reason: RefusedExemption['reason'], message: string) => ({ name, reason, message });
  if (exemption.namespace !== undefined) {
    return refuse(
      'NotOfCluster',
      'is of a namespace, and the policy is of the cluster: only ClusterHardeningExemptions count',
    );
  }
  if (exemption.expiresMs <= nowMs) return refuse('Expired', 'has expired');
  if (exemption.expiresMs !== Infinity && !isReplanned) {
    return refuse('Expires', 'ends at a time, and a policy in a file knows no clock');
  }
  const permitted = concerned.filter((rule) => permissionOf(exemption, rule, terms, nowMs) === 'permitted');
  if (permitted.length === 0) return refuse('NotPermitted', 'is not allowed by policy for any rule that is enforced');
  const { subjects } = object.spec;
  if (subjects.length > left) {
    return refuse(
      'TooMany',
      `has ${subjects.length} subjects, and a policy takes no more than ${MAX_EXEMPTED_SUBJECTS}`,
    );
  }
  const untold = subjects.flatMap((subject) => findUntold(subject))[0];
  if (untold !== undefined) {
    return refuse('NotInCel', `asks for ${untold}, which the API server cannot tell of a pod that a workload makes`);
  }
  const condition = subjects.map((subject) => `(${printSubject(subject)})`).join(' || ');
  return { name, rules: new Set(permitted.map(({ id }) => id)), condition };
}

type Subject = JudgedExemption['object']['spec']['subjects'][number] & { readonly namespace?: string };

/** What it asks for that is not the same of all objects of a workload. */
function findUntold({ kind, name, labels, container }: Subject): readonly string[] {
  return [
    ...(kind === undefined ? [] : ['a kind']),
    ...(name === undefined || isAnything(name) ? [] : ['a name']),
    ...(Object.keys(labels ?? {}).length === 0 ? [] : ['labels']),
    ...(container === undefined ? [] : ['a container']),
  ];
}

function printSubject({ namespace, serviceAccount }: Subject): string {
  const conditions = [
    ...(namespace === undefined || isAnything(namespace) ? [] : [printGlob('request.namespace', namespace)]),
    ...(serviceAccount === undefined ? [] : [printGlob(ACCOUNT, serviceAccount)]),
  ];
  return conditions.join(' && ') || 'true';
}

/** A static pod has none. */
const ACCOUNT = `(object.kind == 'Pod' && ${celLiteral(MIRROR_ANNOTATION)} in object.metadata.?annotations.orValue({}) ?
  '' : ${podVariables.spec}.?serviceAccountName.orValue('default'))`;

/** As `compileGlob` has it; the API server matches in time linear in pattern and text. */
function printGlob(text: string, pattern: string): string {
  if (!isPattern(pattern)) return `${text} == ${celLiteral(pattern)}`;
  const expression = pattern.split('*').map(escapeForExpression).join('.*');
  return `${text}.matches(${celLiteral(`^(?s:${expression})$`)})`;
}

function escapeForExpression(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** `*`, or more stars. */
function isAnything(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}
