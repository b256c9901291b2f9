/** Asks one API server everything that it can be asked from outside. Never throws: what fails is missing, with the reason. */
import { collectAnonymousAnswers } from './anonymous-requests.ts';
import { reviewOwnGrant, reviewUnknownNode, reviewUnknownUser } from './access-reviews.ts';
import { collectDryRun, shareGuard } from './dry-run-probes.ts';
import type { ProbeReviewers, SharedGuard } from './dry-run-probes.ts';
import { collectFlagz } from './flagz.ts';
import { collectMetrics } from './metrics.ts';
import { authorization } from './facts/authorization.ts';
import { concludeFact, isKnown } from './facts/witness.ts';
import { dated, isRead, messageOf, unusable } from './reading.ts';
import type { Reading } from './reading.ts';
import type { ServerReadings } from './server-readings.ts';
import { collectChecks } from './readyz.ts';
import type { ServerAccess } from './server-access.ts';
import type { ServerStart } from './server-starts.ts';
import { collectStatus } from './statusz.ts';
import { collectTls } from './tls.ts';
import { collectVersion, withReleaseEnd } from './version.ts';

/** What somebody may take for an attack when it shows in logs: asked for more seldom. */
export type SlowReadings = Pick<ServerReadings, 'anonymousAnswers' | 'tls'>;

export interface RoundOptions {
  /** What was read before and is good enough; asked anew where it is left out. */
  readonly slow?: SlowReadings;
  /** Random, for names that nobody can have granted anything. */
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Who else has a say about a pod that is tried. */
  readonly reviewers?: () => Reading<ProbeReviewers>;
  /** Of pods that are tried, that of the round; read for this one alone where it is left out. */
  readonly guard?: SharedGuard;
  /** False where none are, as enough others are. */
  readonly mayTry?: boolean;
}

/** Six requests without credentials and four handshakes. */
export async function collectSlow(access: ServerAccess, nowMs: () => number): Promise<SlowReadings> {
  const [anonymousAnswers, tls] = await Promise.all([
    collectAnonymousAnswers(access.anonymousGet),
    collectTls(access.handshake, nowMs),
  ]);
  return { anonymousAnswers: dated(anonymousAnswers, nowMs()), tls: dated(tls, nowMs()) };
}

/**
 * Nine requests at most, and where what is slow is due six more without credentials and four handshakes; where pods may
 * be tried four besides, and two of the first one for all. What the cluster's objects declare is not asked here: it is the same at each of its API servers.
 */
export async function collectServer(
  access: ServerAccess,
  { slow, nonce, nowMs, guard = shareGuard(), mayTry = true, reviewers = noReviewers }: RoundOptions,
): Promise<ServerReadings> {
  const take = async <T>(reading: Promise<Reading<T>>): Promise<Reading<T>> => dated(await reading, nowMs());
  const [slowly, flagz, metrics, version, unknownUser, unknownNode, ownGrant, identity, dryRun] = await Promise.all([
    slow ?? collectSlow(access, nowMs),
    take(collectFlagz(access.get)),
    take(collectMetrics(access.stream, nowMs)),
    take(collectVersion(access.get)),
    take(reviewUnknownUser(access.review, nonce)),
    take(reviewUnknownNode(access.review, nonce)),
    take(reviewOwnGrant(access.review)),
    take(collectIdentity(access.whoAmI)),
    take(collectDryRun({ get: access.get, tryPod: access.tryPod, nonce, guard, mayTry, reviewers })),
  ]);
  const readings = {
    ...slowly,
    flags: [flagz],
    metrics,
    version: withReleaseEnd(version, nowMs()),
    status: notAsked,
    checks: notAsked,
    unknownUser,
    unknownNode,
    ownGrant,
    identity,
    clientAuthorities: notAsked,
    dryRun,
  };
  const last = chooseLast(readings);
  if (last === 'status') return { ...readings, status: withReleaseEnd(await take(collectStatus(access.get)), nowMs()) };
  return last === 'checks' ? { ...readings, checks: await take(collectChecks(access.get)) } : readings;
}

/** With nothing to say why: others tell what it would, or have told that they do not. */
const notAsked = { missing: '' };

/**
 * One request is left of the fifteen, and goes to what is not told otherwise: the version, by which defaults and Pod
 * Security Standards are judged, before the authorizer RBAC, by which everything is granted, before when it was started,
 * of which no fact is made. It does not depend on what else is due: what is known now is known in the next round, too.
 */
function chooseLast(readings: ServerReadings): 'status' | 'checks' | undefined {
  if (!isRead(readings.version)) return 'status';
  if (!isKnown(concludeFact(authorization.rbacAuthorizer, readings))) return 'checks';
  return startOf(readings) === undefined ? 'status' : undefined;
}

/** When it was started, and who says so; undefined where nobody does. */
export function startOf({ metrics, status }: ServerReadings): ServerStart | undefined {
  const told = isRead(metrics) ? metrics.read.startedAtSeconds : undefined;
  if (told !== undefined) return { source: '/metrics', atSeconds: told };
  const shown = isRead(status) ? status.read.startedAtSeconds : undefined;
  return shown === undefined ? undefined : { source: '/statusz', atSeconds: shown };
}

function noReviewers(): Reading<ProbeReviewers> {
  return { missing: 'webhooks and policies that change pods were not looked at' };
}

async function collectIdentity(whoAmI: ServerAccess['whoAmI']): Promise<Reading<string>> {
  try {
    const identity = await whoAmI();
    if (identity.outcome === 'answered') return { read: identity.user };
    const missing = 'the API server does not say whom it takes Merlon for';
    if (identity.outcome === 'notServed') return { missing };
    const permission = 'create on selfsubjectreviews.authentication.k8s.io';
    return { missing: `${missing}; grant ${permission}`, permission };
  } catch (error) {
    return unusable(`whom the API server takes Merlon for was not answered: ${messageOf(error)}`);
  }
}
