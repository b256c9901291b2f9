/** The API server's audit log as typed records: who asked what of whom, exactly and completely. */
import { open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** One record at level Metadata. Source: k8s.io/apiserver pkg/apis/audit/v1 Event. */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly userAgent?: string;
  /** Absent for what is not a resource, such as `/version`. */
  readonly objectRef?: AuditObjectRef;
  /** Absent until the response starts. */
  readonly responseStatus?: { readonly code: number; readonly reason?: string; readonly message?: string };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Only at level Request and above, by a policy of the test's own. */
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
}

/** What RBAC goes by of a request that is about no resource: the query does not count. */
export function pathOf({ requestURI }: AuditEvent): string {
  return requestURI.replace(/\?.*/, '');
}

export interface AuditObjectRef {
  readonly resource?: string;
  readonly subresource?: string;
  /** Absent for the core group. */
  readonly apiGroup?: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  /** Absent in a list, and in a create whose object says its name. */
  readonly name?: string;
}

/** Every field that is given must match. */
export interface AuditFilter {
  readonly user?: string;
  readonly verbs?: readonly string[];
  /** Plural; with a subresource as `pods/status`. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly stage?: AuditEvent['stage'];
  /** Where to start reading: the result of an earlier `readAuditPosition`. */
  readonly from?: number;
}

export const writeVerbs: readonly string[] = ['create', 'update', 'patch', 'delete', 'deletecollection'];

const longestWaitMs = 2000;

/** @returns where the log ends now, for `AuditFilter.from` */
export async function readAuditPosition(path: string): Promise<number> {
  return (await stat(path)).size;
}

/**
 * @returns the matching records in the order in which the API server wrote them, `RequestReceived` only where that stage
 * is asked for. A write may be seen in a watch before its record is there: where the policy records what is received, this
 * waits for the record of each write that is under way, for 2 s at most (a killed API server leaves some for ever).
 */
export async function readAuditLog(path: string, filter: AuditFilter = {}): Promise<AuditEvent[]> {
  const deadline = Date.now() + longestWaitMs;
  for (;;) {
    const underWay = new Set<string>();
    const events = await readEvents(path, filter, underWay);
    if (underWay.size === 0 || Date.now() > deadline) return events;
    await pause(10);
  }
}

async function readEvents(path: string, filter: AuditFilter, underWay: Set<string>): Promise<AuditEvent[]> {
  const file = await open(path);
  try {
    const events: AuditEvent[] = [];
    for await (const line of file.readLines({ start: filter.from ?? 0 })) {
      const event = parseAuditLine(line);
      if (event === undefined) continue;
      followWrites(event, underWay);
      if (matchAudit(event, filter)) events.push(event);
    }
    return events;
  } finally {
    await file.close();
  }
}

/** @param underWay the audit IDs of writes that are received and not answered yet */
export function followWrites({ auditID, stage, verb }: AuditEvent, underWay: Set<string>): void {
  if (stage === 'RequestReceived' && writeVerbs.includes(verb)) underWay.add(auditID);
  else if (stage === 'ResponseComplete' || stage === 'Panic') underWay.delete(auditID);
}

/** @returns undefined for a line that the API server has not finished writing */
export function parseAuditLine(line: string): AuditEvent | undefined {
  if (!line.endsWith('}')) return undefined;
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    return undefined;
  }
}

export function matchAudit(event: AuditEvent, filter: AuditFilter): boolean {
  const { resource = '', subresource } = event.objectRef ?? {};
  return (
    (filter.user === undefined || filter.user === event.user.username) &&
    (filter.verbs === undefined || filter.verbs.includes(event.verb)) &&
    (filter.resource === undefined ||
      filter.resource === (subresource === undefined ? resource : `${resource}/${subresource}`)) &&
    (filter.namespace === undefined || filter.namespace === event.objectRef?.namespace) &&
    (filter.stage === undefined ? event.stage !== 'RequestReceived' : filter.stage === event.stage)
  );
}
