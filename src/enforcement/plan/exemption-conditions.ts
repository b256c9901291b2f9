/**
 * Exemptions as conditions of a policy about pods: what the one matcher accepts, as far as CEL can tell it of a single
 * object. What it cannot tell is refused with a reason; then the API server refuses what reports say is exempt, and never
 * the other way round.
 *
 * Namespace and service account are the same for a workload and its pods. Its kind, name and labels are not: whose pod a
 * pod is its owner references say, which whoever creates it writes, and nothing can be looked up.
 */
import { podVariables } from '../../core/enforcement.ts';
import type { ExemptedSubject, Exemption, JudgedExemption } from '../../core/exemption.ts';
import { ExemptionTable, MAX_OWN_EXEMPTIONS } from '../../core/exemption-table.ts';
import { permissionOf } from '../../core/exemption-matcher.ts';
import type { ExemptionTerms } from '../../core/exemption-terms.ts';
import { isPattern, MAX_GLOB_LENGTH } from '../../core/glob.ts';
import { MIRROR_ANNOTATION } from '../../core/pod-shape.ts';
import { selectRules } from '../../core/rule-selector.ts';
import type { AnyRule } from '../../core/rule.ts';
import { celLiteral } from './cel.ts';
import type { PlannedExemption } from './pod-family.ts';

/** Of subjects, in one policy: with 2,000 the API server cancels every request. */
export const MAX_EXEMPTED_SUBJECTS = 200;
/** Of conditions as they are printed, in one policy: the API server takes no expression beyond 100,000 code points. */
export const MAX_CONDITION_LENGTH = 90_000;
/** Of the same, each as often as there are rules that it is for: etcd takes no object beyond 1.5 MiB. */
export const MAX_PRINTED_LENGTH = 1_000_000;
/** Of each, the part that one namespace may take: others have exemptions, too. */
const SHARE_OF_NAMESPACE = 0.4;

export interface ExemptionConditions {
  readonly exemptions: readonly PlannedExemption[];
  /** Those of which they were made, for no other rules than the conditions are. */
  readonly counting: readonly Exemption[];
  readonly refused: readonly RefusedExemption[];
}

export interface RefusedExemption {
  /** `ClusterHardeningExemption/agents` */
  readonly name: string;
  readonly reason: 'Invalid' | 'NotDelegated' | 'Expired' | 'Expires' | 'NotPermitted' | 'NotInCel' | 'TooMany';
  /** To be read after the name. */
  readonly message: string;
}

export interface ConditionOptions {
  /** Those that could be exempted from. */
  readonly rules: readonly AnyRule[];
  /** Of all policies together: what one of them forbids anywhere, is not told apart. */
  readonly terms: ExemptionTerms;
  /** The same of a namespace, for its own exemptions; undefined where it is not known. By default nothing is delegated. */
  readonly termsIn?: (namespace: string) => ExemptionTerms | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Whether the policy is planned anew when an exemption ends: a policy knows no clock. */
  readonly isReplanned: boolean;
}

/**
 * @param judged the oldest first, which are those that count where there are too many: those of the cluster before those of
 *   namespaces, of which one may have many
 */
export function planExemptions(judged: readonly JudgedExemption[], options: ConditionOptions): ExemptionConditions {
  const exemptions: PlannedExemption[] = [];
  const counting: Exemption[] = [];
  const refused: RefusedExemption[] = [];
  const rooms = new Rooms();
  const isOfNamespace = ({ object }: JudgedExemption): boolean => object.metadata.namespace !== undefined;
  const ofNamespaces = judged.filter(isOfNamespace);
  const table = tableOf(ofNamespaces);
  for (const one of [...judged.filter((other) => !isOfNamespace(other)), ...ofNamespaces]) {
    const planned = planExemption(one, options, { rooms, table });
    if (planned === undefined) continue;
    if ('reason' in planned) refused.push(planned);
    else {
      exemptions.push(planned);
      if (one.exemption !== undefined) counting.push(narrow(one.exemption, planned.rules));
      rooms.take(one.object.metadata.namespace, takenBy(one.object.spec.subjects.length, planned));
    }
  }
  return { exemptions, counting, refused };
}

function narrow(exemption: Exemption, rules: ReadonlySet<string>): Exemption {
  const subjects: ExemptedSubject[] = [];
  const narrowed: Exemption = { ...exemption, rules, subjects };
  for (const subject of exemption.subjects) subjects.push({ ...subject, exemption: narrowed });
  return narrowed;
}

interface Room {
  readonly rooms: Rooms;
  /** Of namespaces only so many count in reports. */
  readonly table: ExemptionTable;
}

interface Taken {
  readonly subjects: number;
  /** Of conditions, in characters: once, and once for each rule. */
  readonly length: number;
  readonly printed: number;
}

const NOTHING_TAKEN: Taken = { subjects: 0, length: 0, printed: 0 };

function takenBy(subjects: number, { condition, rules }: Pick<PlannedExemption, 'condition' | 'rules'>): Taken {
  return { subjects, length: condition.length, printed: condition.length * rules.size };
}

/** What is taken of a policy, by all of them and by each namespace. */
class Rooms {
  readonly #taken = new Map<string, Taken>();
  #all = NOTHING_TAKEN;

  take(namespace: string | undefined, more: Taken): void {
    this.#all = add(this.#all, more);
    if (namespace !== undefined) this.#taken.set(namespace, add(this.#of(namespace), more));
  }

  /** @returns why there is no room for so much, to be read after the name; undefined where there is */
  findLack(namespace: string | undefined, more: Taken): string | undefined {
    const lack = findExcess(add(this.#all, more), 1);
    if (lack !== undefined) return `${lack}, and a policy takes no more`;
    if (namespace === undefined) return undefined;
    const own = findExcess(add(this.#of(namespace), more), SHARE_OF_NAMESPACE);
    return own === undefined ? undefined : `${own}, and a policy takes no more of one namespace`;
  }

  #of(namespace: string): Taken {
    return this.#taken.get(namespace) ?? NOTHING_TAKEN;
  }
}

function add(one: Taken, other: Taken): Taken {
  return {
    subjects: one.subjects + other.subjects,
    length: one.length + other.length,
    printed: one.printed + other.printed,
  };
}

function findExcess({ subjects, length, printed }: Taken, share: number): string | undefined {
  if (subjects > MAX_EXEMPTED_SUBJECTS * share) return `makes more than ${MAX_EXEMPTED_SUBJECTS * share} subjects`;
  if (length > MAX_CONDITION_LENGTH * share)
    return `makes conditions of more than ${MAX_CONDITION_LENGTH * share} characters`;
  return printed > MAX_PRINTED_LENGTH * share
    ? `makes conditions of more than ${MAX_PRINTED_LENGTH * share} characters, each once for every rule`
    : undefined;
}

/** @returns undefined where it is about no rule that is enforced */
function planExemption(
  { object, exemption, problem }: JudgedExemption,
  { rules, terms: ofCluster, termsIn, nowMs, isReplanned }: ConditionOptions,
  { rooms, table }: Room,
): PlannedExemption | RefusedExemption | undefined {
  const { kind, metadata } = object;
  const { namespace } = metadata;
  const name = namespace === undefined ? `${kind}/${metadata.name}` : `${kind}/${namespace}/${metadata.name}`;
  const refuse = (reason: RefusedExemption['reason'], message: string) => ({ name, reason, message });
  if (exemption === undefined) {
    const isConcerned = object.spec.rules.some(
      (selector) => selector.length <= MAX_GLOB_LENGTH && selectRules(selector, rules).length > 0,
    );
    return isConcerned ? refuse('Invalid', `cannot be used: ${problem?.message ?? 'it cannot be read'}`) : undefined;
  }
  const concerned = rules.filter(({ id }) => exemption.rules.has(id));
  if (concerned.length === 0) return undefined;
  const terms = namespace === undefined ? ofCluster : termsIn?.(namespace);
  const delegated = concerned.filter(
    (rule) => namespace === undefined || terms?.mayNamespaceExemptEnforced(rule) === true,
  );
  if (terms === undefined || delegated.length === 0) {
    return refuse(
      'NotDelegated',
      'is of a namespace, and no policy there is known to delegate what is enforced: spec.delegation.exemptEnforced',
    );
  }
  if (namespace !== undefined && !table.isCounted(exemption)) {
    return refuse('TooMany', `is not one of the ${MAX_OWN_EXEMPTIONS} oldest of its namespace`);
  }
  if (exemption.expiresMs <= nowMs) return refuse('Expired', 'has expired');
  if (exemption.expiresMs !== Infinity && !isReplanned) {
    return refuse('Expires', 'ends at a time, and a policy in a file knows no clock');
  }
  const permitted = delegated.filter((rule) => permissionOf(exemption, rule, terms, nowMs) === 'permitted');
  if (permitted.length === 0) return refuse('NotPermitted', 'is not allowed by policy for any rule that is enforced');
  const { subjects } = object.spec;
  const untold = subjects.flatMap((subject) => findUntold(subject))[0];
  if (untold !== undefined) {
    return refuse('NotInCel', `asks for ${untold}, which the API server cannot tell of a pod that a workload makes`);
  }
  const described = subjects.map((subject) => `(${printSubject(subject, namespace)})`).join(' || ');
  // Whatever it describes, it is about nothing else.
  const condition =
    namespace === undefined ? described : `${printGlob('request.namespace', namespace)} && (${described})`;
  const planned = { name, rules: new Set(permitted.map(({ id }) => id)), condition };
  const lack = rooms.findLack(namespace, takenBy(subjects.length, planned));
  return lack === undefined ? planned : refuse('TooMany', lack);
}

function tableOf(judged: readonly JudgedExemption[]): ExemptionTable {
  const table = new ExemptionTable();
  for (const { exemption } of judged) if (exemption !== undefined) table.set(exemption);
  return table;
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

/** @param own the namespace that it is in, whatever it says */
function printSubject({ namespace, serviceAccount }: Subject, own: string | undefined): string {
  const conditions = [
    ...(own !== undefined || namespace === undefined || isAnything(namespace)
      ? []
      : [printGlob('request.namespace', namespace)]),
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
