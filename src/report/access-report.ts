/** The answer of `merlon can-i`: what kubectl prints, and below it why. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { AccessVerdict } from '../rbac/access-verdict.ts';
import { describeGrant, namespaceOf } from '../rbac/authorizer.ts';
import type { Decision } from '../rbac/authorizer.ts';
import { MASTERS } from '../rbac/request.ts';
import type { AccessRequest, Requester } from '../rbac/request.ts';
import { grantJson, printRule } from './grant.ts';
import { printable, printableJson } from './terminal.ts';

export interface AccessAnswer {
  /** Undefined where the API server alone knows. */
  readonly requester: Requester | undefined;
  readonly request: AccessRequest;
  readonly verdict: AccessVerdict;
  /** Of RBAC, where it could be read. */
  readonly decision: Decision | undefined;
  /** The rule that it was allowed by. */
  readonly granted: PolicyRule | undefined;
  /** Why a yes is of no use. */
  readonly deadWeight: string | undefined;
  /** What was taken for granted, as a sentence. */
  readonly assumptions: readonly string[];
}

export type AccessExitCode = 0 | 1 | 4;

const exitCodes: Readonly<Record<AccessVerdict['answer'], AccessExitCode>> = { yes: 0, no: 1, unknown: 4 };

export function exitCodeOfAnswer({ verdict }: AccessAnswer): AccessExitCode {
  return exitCodes[verdict.answer];
}

/** @returns lines; the first is the word alone, as kubectl prints it */
export function printAccess(answer: AccessAnswer): string {
  const lines = [answer.verdict.answer, ...explain(answer)];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

function explain({ requester, verdict, decision, granted, request }: AccessAnswer): readonly string[] {
  if (verdict.answer === 'yes' && requester?.groups.includes(MASTERS) === true) {
    return [`the group ${MASTERS} may do everything; RBAC is not asked`];
  }
  const by = decision?.by;
  if (by !== undefined && verdict.answer !== 'no') {
    const { roleRef } = by.bound.binding;
    const namespace = roleRef.kind === 'Role' ? `/${namespaceOf(by.bound)}` : '';
    return [
      `RBAC: allowed by ${describeGrant(by)}`,
      `rule ${by.rule} of ${roleRef.kind} ${JSON.stringify(roleRef.name + namespace)}${granted === undefined ? '' : `: ${printRule(granted)}`}`,
    ];
  }
  if (verdict.reason !== '') return [verdict.reason];
  if (verdict.answer !== 'no' || requester === undefined) return [];
  const scope = 'path' in request || request.namespace === '' ? '' : ` in namespace "${request.namespace}"`;
  const groups = requester.groups.length === 0 ? '' : ` or to ${requester.groups.join(', ')}`;
  return [`RBAC: no binding to "${requester.user}"${groups} grants it${scope}`];
}

/** What belongs on standard error. */
export function listNotes({ verdict, deadWeight, assumptions }: AccessAnswer): readonly string[] {
  const dead = deadWeight === undefined ? [] : [`the grant is of no use: ${deadWeight}`];
  return [...dead, ...verdict.notes, ...assumptions].map((note) => `note: ${printable(note)}\n`);
}

export function printAccessJson(answer: AccessAnswer): string {
  const { requester, request, verdict, decision, granted, deadWeight, assumptions } = answer;
  const by = decision?.by;
  const json = {
    answer: verdict.answer,
    ...(verdict.answer === 'unknown' ? {} : { allowed: verdict.answer === 'yes' }),
    ...(verdict.answer === 'yes' ? { effective: deadWeight === undefined } : {}),
    ...(deadWeight === undefined ? {} : { deadWeight }),
    reason: verdict.reason,
    ...(by === undefined ? {} : { ...grantJson(by.bound, by.rule), granted, subject: by.subject }),
    requester,
    request,
    notes: verdict.notes,
    assumptions,
  };
  return `${printableJson(JSON.stringify(json, null, 2))}\n`;
}
