/**
 * Judges every API server of a cluster by what is known of it: what one of them does wrong is wrong, and none of them is
 * fine of which it is not known.
 */
import { isObserved, reasonUnobserved } from '../../core/evidence.ts';
import type { Fact, FactName, FactValues, Unobserved } from '../../core/evidence.ts';
import { violation } from '../../core/rule.ts';
import type { CheckResult, Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { NotObserved, readFact } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** One of the API servers. */
export interface ApiServer {
  /** @throws {NotObserved} if nobody could observe the fact of it */
  fact<Name extends FactName>(name: Name): Fact<FactValues[Name]>;
  /** Undefined where nobody could. */
  factIfKnown<Name extends FactName>(name: Name): Fact<FactValues[Name]> | undefined;
  /** Why nobody could, and what would help; undefined where it is known. */
  whyUnknown(name: FactName): string | undefined;
}

/**
 * @param check throws NotObserved where what it asks for is not known
 * @throws {NotObserved} where nothing is known to be wrong, and not everything is known
 */
export function checkApiServers(snapshot: Snapshot, check: (server: ApiServer) => CheckResult): CheckResult {
  const servers = snapshot.apiServers();
  const violations: Violation[] = [];
  const others: Exclude<CheckResult, readonly Violation[]>[] = [];
  for (const { instance, evidence } of servers) {
    const where = servers.length > 1 ? `${instance}: ` : '';
    const server: ApiServer = {
      fact: (name) => readFact(evidence, name),
      factIfKnown: <Name extends FactName>(name: Name) => {
        const said: Fact<FactValues[Name]> | Unobserved | undefined = evidence[name];
        return isObserved(said) ? said : undefined;
      },
      whyUnknown: (name) => {
        const said: Fact<unknown> | Unobserved | undefined = evidence[name];
        return isObserved(said) ? undefined : reasonUnobserved(said);
      },
    };
    const result = run(check, server);
    if ('outcome' in result) others.push({ ...result, reason: where + result.reason });
    else violations.push(...result.map((one) => ({ ...one, message: where + one.message })));
  }
  if (violations.length > 0) return violations;
  return (
    others.find(({ outcome }) => outcome === 'unknown') ??
    (others.length === servers.length ? others[0] : undefined) ??
    []
  );
}

function run(check: (server: ApiServer) => CheckResult, server: ApiServer): CheckResult {
  try {
    return check(server);
  } catch (error) {
    if (error instanceof NotObserved) return { outcome: 'unknown', reason: error.message };
    throw error;
  }
}

/**
 * What a fact shows to be wrong, with who says so.
 *
 * @param path the flag, or what was asked, that shows it
 * @param advice what to do, to be read after what was seen
 */
export function blame<Value>(
  { value, detail, source }: Fact<Value>,
  path: string,
  advice: string,
  severity?: Severity,
): Violation {
  return violation(path, value, `${detail} (${source}); ${advice}`, severity);
}
