/**
 * Judges every API server of a cluster by what is known of it: what one of them does wrong is wrong, and none of them is
 * fine of which it is not known.
 */
import type { Fact, FactName, FactValues } from '../../core/evidence.ts';
import { pass, violation } from '../../core/rule.ts';
import type { CheckResult, NotApplicable, Unknown, Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { factIfKnown, NotObserved, whyUnknown } from '../../core/snapshot.ts';
import type { ApiServer, Snapshot } from '../../core/snapshot.ts';

export interface JudgedServer extends ApiServer {
  /** Undefined where nobody could observe it. */
  factIfKnown<Name extends FactName>(name: Name): Fact<FactValues[Name]> | undefined;
  /** Why nobody could, and what would help; undefined where it is known. */
  whyUnknown(name: FactName): string | undefined;
}

/**
 * @param check throws NotObserved where what it asks for is not known
 * @throws {NotObserved} where nothing is known to be wrong, and not everything is known
 */
export function checkApiServers(snapshot: Snapshot, check: (server: JudgedServer) => CheckResult): CheckResult {
  const servers = snapshot.apiServers();
  const violations: Violation[] = [];
  const passes: PassOfServer[] = [];
  const others: (NotApplicable | Unknown)[] = [];
  for (const one of servers) {
    const where = servers.length > 1 ? `${one.instance}: ` : '';
    const server: JudgedServer = {
      ...one,
      factIfKnown: <Name extends FactName>(name: Name) => factIfKnown(one, name),
      whyUnknown: (name) => whyUnknown(one, name),
    };
    const result = undecidedWhereUnobserved(() => check(server));
    if (!('outcome' in result)) violations.push(...result.map((one) => ({ ...one, message: where + one.message })));
    else if (result.outcome === 'pass') passes.push({ where, reason: result.reason });
    else others.push({ ...result, reason: where + result.reason });
  }
  if (violations.length > 0) return violations;
  const undecided = others.find(({ outcome }) => outcome === 'unknown');
  if (undecided !== undefined) return undecided;
  if (passes.length > 0) return mergePasses(passes);
  return (others.length === servers.length ? others[0] : undefined) ?? [];
}

interface PassOfServer {
  /** The API server, where there are several. */
  readonly where: string;
  readonly reason: string;
}

/** Once, where it is the same of each. @param passes at least one */
function mergePasses(passes: readonly PassOfServer[]): CheckResult {
  const reasons = [...new Set(passes.map(({ reason }) => reason))];
  return pass(reasons.length === 1 ? (reasons[0] ?? '') : passes.map(({ where, reason }) => where + reason).join('; '));
}

/** What is not known leaves it undecided. @param check throws NotObserved then */
export function undecidedWhereUnobserved(check: () => CheckResult): CheckResult {
  try {
    return check();
  } catch (error) {
    if (error instanceof NotObserved) return { outcome: 'unknown', reason: error.message };
    throw error;
  }
}

/** A fact that says whether something is so, the flag that makes it so, and what to do where it is not. */
export type RequiredFact = readonly [name: FactName, path: string, advice: string];

/**
 * All of them have to be so: what is known not to be is wrong, whatever is known of the others.
 *
 * @throws {NotObserved} where nothing is known to be wrong, and not everything is known
 */
export function requireEach(server: JudgedServer, required: readonly RequiredFact[]): readonly Violation[] {
  const wrong = required.flatMap(([name, path, advice]) => {
    const fact: Fact<unknown> | undefined = server.factIfKnown(name);
    return fact?.value === false ? [blame(fact, path, advice)] : [];
  });
  if (wrong.length === 0) for (const [name] of required) server.fact(name);
  return wrong;
}

/**
 * What a fact shows to be wrong, with who says so.
 *
 * @param path the flag, or what was asked, that shows it
 * @param advice what to do, to be read after what was seen
 */
export function blame<Value>(
  { value, detail, source, attestation }: Fact<Value>,
  path: string,
  advice: string,
  severity?: Severity,
): Violation {
  // Who attests it is said of the verdict as a whole.
  const by = attestation === undefined ? ` (${source})` : '';
  return violation(path, value, `${detail}${by}; ${advice}`, severity);
}
