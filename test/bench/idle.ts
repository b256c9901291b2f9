/** What the operator asks of the API server while nothing happens, from the API server's own audit log. */
import { setTimeout as pause } from 'node:timers/promises';
import { GROUP } from '../../src/api/v1alpha1/group.ts';
import { operatorUser } from '../e2e/operator-process.ts';
import type { OperatorProcess } from '../e2e/operator-process.ts';
import { writeVerbs } from '../support/audit-log.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import type { BenchCluster } from './bench-cluster.ts';
import { say } from './progress.ts';

export interface Idle {
  readonly seconds: number;
  /** Of Merlon's own objects: reports and policies' status. The lease is no report. */
  readonly writes: number;
  readonly lists: number;
}

export interface IdleDetails extends Idle {
  /** `update leases` to how often. */
  readonly requests: ReadonlyMap<string, number>;
}

const quietMs = 3000;
const quietTimeoutMs = 60_000;

export async function measureIdle(
  { controlPlane, watch }: BenchCluster,
  operator: OperatorProcess,
  seconds: number,
): Promise<IdleDetails> {
  // What was asked for before has its effect first.
  await operator.whileRunning(watch.untilQuiet(quietMs, quietTimeoutMs));
  // An operator that the log does not know would pass for a silent one.
  const known = await controlPlane.readAudit({ user: operatorUser, verbs: ['watch'] });
  if (known.length === 0) throw new Error(`the audit log knows nothing of "${operatorUser}"`);
  say(`watching the operator idle for ${seconds} s`);
  const from = await controlPlane.readAuditPosition();
  await operator.whileRunning(pause(seconds * 1000));
  const events = await controlPlane.readAudit({ user: operatorUser, from });
  // A watch has two records; one of them says that it began.
  const asked = events.filter(({ verb, stage }) => verb !== 'watch' || stage === 'ResponseStarted');
  return {
    seconds,
    writes: asked.filter(isReportWrite).length,
    lists: asked.filter(({ verb }) => verb === 'list').length,
    requests: countRequests(asked),
  };
}

function isReportWrite({ verb, objectRef }: AuditEvent): boolean {
  return objectRef?.apiGroup === GROUP && writeVerbs.includes(verb);
}

function countRequests(events: readonly AuditEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, objectRef, requestURI } of events) {
    const { resource, subresource } = objectRef ?? {};
    const target = subresource === undefined ? (resource ?? requestURI) : `${resource ?? ''}/${subresource}`;
    const key = `${verb} ${target}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
