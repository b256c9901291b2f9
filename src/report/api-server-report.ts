/** The verdicts on the API server and the facts that they were made of, for people and for programs. */
import { factDeclarations, factNames } from '../api/v1alpha1/facts.ts';
import { NotObserved } from '../core/snapshot.ts';
import type { ApiServer, Snapshot } from '../core/snapshot.ts';
import { PERMISSION_DENIED } from '../core/evidence.ts';
import type { FactName } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import { formatAge } from './operator-status.ts';
import { layoutTable } from './table-layout.ts';
import { printable } from './terminal.ts';
import type { Painter } from './terminal.ts';
import { outcomeColours, severityColours } from './verdict-colours.ts';

/** What is known of one fact of one API server, or what would make it known. */
export type ReportedFact =
  | {
      readonly value: unknown;
      readonly source: string;
      readonly confidence: string;
      readonly detail: string;
      /** When its source was read, RFC 3339; absent of what is attested. */
      readonly observedAt?: string;
      readonly contradicted?: readonly string[];
    }
  | UnknownFact;

export interface UnknownFact {
  readonly unknown: string;
  /** Present where a right would make it known. */
  readonly reason?: typeof PERMISSION_DENIED;
  /** Rights of which each may make it known, as `get on the URL /flagz`. */
  readonly permissions?: readonly string[];
}

export interface ReportedServer {
  /** As `10.0.0.5:6443`. */
  readonly instance: string;
  readonly facts: Readonly<Record<FactName, ReportedFact>>;
}

export interface ReportedVerdict {
  readonly rule: string;
  readonly outcome: Finding['outcome'];
  readonly severity: Finding['severity'];
  readonly message: string;
  /** Who said what it was judged by: `/flagz`, `SubjectAccessReview`. */
  readonly sources: readonly string[];
  /** The least of what it was judged by; absent where nothing is known. */
  readonly confidence?: string;
  /** Where there are several API servers: those that it is about. */
  readonly instances?: readonly string[];
  /** Of what is unknown where facts are off for want of a right: `PermissionDenied`. */
  readonly reason?: typeof PERMISSION_DENIED;
  /** Rights of which each may make it known. */
  readonly permissions?: readonly string[];
}

export interface ApiServerReport {
  readonly verdicts: readonly ReportedVerdict[];
  readonly servers: readonly ReportedServer[];
  /** Why there may be API servers that were not asked. */
  readonly doubt?: string;
}

const leastFirst = ['attested', 'low', 'medium', 'high'];

/** @param doubt why there may be API servers that were not asked */
export function describeApiServer(findings: readonly Finding[], snapshot: Snapshot, doubt?: string): ApiServerReport {
  const servers = snapshot.apiServers();
  return {
    verdicts: findings.map((finding) => describeVerdict(finding, servers)),
    servers: servers.map((server) => ({
      instance: server.instance,
      facts: Object.fromEntries(factNames.map((name) => [name, describeFact(server, name)])) as ReportedServer['facts'],
    })),
    ...(doubt === undefined ? {} : { doubt }),
  };
}

function describeVerdict(finding: Finding, all: readonly ApiServer[]): ReportedVerdict {
  const { rule, outcome, severity, message } = finding;
  const { facts = [] } = rule;
  const servers = selectConcerned(finding, all);
  // Those that compare whatever was observed were told by everybody.
  const asked = facts.length === factNames.length ? [] : facts;
  const told = servers.flatMap((server) => asked.map((name) => describeFact(server, name)));
  const known = told.filter((fact) => 'source' in fact);
  const denied = told.flatMap((fact) => ('unknown' in fact ? (fact.permissions ?? []) : []));
  const confidences = known.map((fact) => fact.confidence);
  const least = leastFirst.find((one) => confidences.includes(one));
  const passed = describePass(servers, asked);
  return {
    rule: rule.id,
    outcome,
    severity,
    message: outcome === 'pass' && message === '' ? passed : message,
    sources: [...new Set(known.map(({ source }) => source))],
    ...(least === undefined ? {} : { confidence: least }),
    ...(all.length > 1 && { instances: servers.map(({ instance }) => instance) }),
    ...(outcome === 'unknown' && denied.length > 0
      ? { reason: PERMISSION_DENIED, permissions: [...new Set(denied)] }
      : {}),
  };
}

/** Of several, what is wrong or unknown begins with the one that it is about; what is said of none is true of all. */
function selectConcerned(
  { outcome, message, violations }: Finding,
  servers: readonly ApiServer[],
): readonly ApiServer[] {
  // What passes is true of all of them.
  if (outcome === 'pass') return servers;
  const said = violations.length > 0 ? violations.map((one) => one.message) : [message];
  const named = servers.filter(({ instance }) => said.some((text) => text.startsWith(`${instance}: `)));
  return named.length > 0 ? named : servers;
}

/** What was seen; of several API servers once, where it is the same of each. */
function describePass(servers: readonly ApiServer[], asked: readonly FactName[]): string {
  const seen = servers.map((server) => {
    const known = asked.map((name) => describeFact(server, name)).filter((fact) => 'source' in fact);
    return { instance: server.instance, text: [...new Set(known.map(({ detail }) => detail))].join('; ') };
  });
  const [first] = seen;
  return seen.every(({ text }) => text === first?.text)
    ? (first?.text ?? '')
    : seen.map(({ instance, text }) => `${instance}: ${text}`).join('; ');
}

function describeFact(server: ApiServer, name: FactName): ReportedFact {
  try {
    const { value, source, confidence, detail, observedAt, contradicted, attestation } = server.fact(name);
    return {
      value,
      source: attestation?.said ?? source,
      confidence,
      detail,
      ...(observedAt === undefined ? {} : { observedAt }),
      ...(contradicted === undefined ? {} : { contradicted }),
    };
  } catch (error) {
    if (!(error instanceof NotObserved)) throw error;
    const { message, permissions } = error;
    return permissions.length === 0
      ? { unknown: message }
      : { unknown: message, reason: PERMISSION_DENIED, permissions };
  }
}

export interface PrintOptions {
  readonly withFacts: boolean;
  readonly paint: Painter;
  /** Milliseconds since 1970, to say how old each fact is. */
  readonly nowMs: number;
}

/** @returns lines with their line breaks */
export function* printApiServer(report: ApiServerReport, { withFacts, paint, nowMs }: PrintOptions): Generator<string> {
  const isSeveral = report.servers.length > 1;
  const titles = [
    'OUTCOME',
    'SEVERITY',
    'RULE',
    ...(isSeveral ? ['API SERVER'] : []),
    'SOURCE',
    'CONFIDENCE',
    'MESSAGE',
  ];
  const columns = titles.map((title) => ({ title }));
  const rows = report.verdicts.map(({ outcome, severity, rule, sources, confidence = '', message, instances = [] }) => [
    { text: outcome, colour: outcomeColours[outcome] },
    { text: severity, colour: severityColours[severity] },
    rule,
    ...(isSeveral ? [instances.length === report.servers.length ? 'all' : instances.join(', ')] : []),
    sources.join(', '),
    confidence,
    message,
  ]);
  for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
  if (withFacts) yield* printFacts(report.servers, paint, nowMs);
  if (report.doubt !== undefined) yield `\n${printable(report.doubt)}\n`;
  const count = (outcome: Finding['outcome']): number =>
    report.verdicts.filter((verdict) => verdict.outcome === outcome).length;
  const facts = report.servers.flatMap(({ facts: ofServer }) => Object.values(ofServer));
  const known = facts.filter((fact) => 'source' in fact).length;
  yield `\n${count('fail')} fail, ${count('unknown')} unknown, ${count('pass')} pass; ${known} of ${facts.length} facts are known\n`;
}

function* printFacts(servers: readonly ReportedServer[], paint: Painter, nowMs: number): Generator<string> {
  const titles = ['API SERVER', 'FACT', 'VALUE', 'SOURCE', 'CONFIDENCE', 'AGE', 'DETAIL'];
  const columns = titles.map((title) => ({ title }));
  const rows = servers.flatMap(({ instance, facts }) =>
    factNames.map((name) => {
      const fact = facts[name];
      if ('unknown' in fact) return [instance, name, 'unknown', '', '', '', fact.unknown];
      const { value, source, confidence, detail, observedAt } = fact;
      const age = observedAt === undefined ? '' : formatAge(nowMs - Date.parse(observedAt));
      // A list of answers says the same as its detail.
      const printed = factDeclarations[name].type === 'answers' ? '' : String(value);
      return [instance, name, printed, source, confidence, age, detail];
    }),
  );
  yield '\n';
  for (const line of layoutTable(columns, rows, paint)) yield `${line}\n`;
}
