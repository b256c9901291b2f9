/** Asks one API server everything that it can be asked from outside. Never throws: what fails is missing, with the reason. */
import { collectAnonymousAnswers } from './anonymous-requests.ts';
import { reviewOwnGrant, reviewUnknownNode, reviewUnknownUser } from './access-reviews.ts';
import { collectClientAuthorities } from './client-authorities.ts';
import { collectDryRun } from './dry-run-probes.ts';
import type { ProbeReviewers } from './dry-run-probes.ts';
import { collectFlagz } from './flagz.ts';
import { collectMetrics } from './metrics.ts';
import { messageOf } from './reading.ts';
import type { Reading, ServerReadings } from './reading.ts';
import type { ServerAccess } from './server-access.ts';
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
}

/** Six requests without credentials and three handshakes. */
export async function collectSlow(access: ServerAccess, nowMs: () => number): Promise<SlowReadings> {
  const [anonymousAnswers, tls] = await Promise.all([
    collectAnonymousAnswers(access.anonymousGet),
    collectTls(access.handshake, nowMs),
  ]);
  return { anonymousAnswers, tls };
}

/**
 * Nine requests, and where what is slow is due six more without credentials and three handshakes; where pods may be tried
 * six besides.
 */
export async function collectServer(
  access: ServerAccess,
  { slow, nonce, nowMs, reviewers = noReviewers }: RoundOptions,
): Promise<ServerReadings> {
  const [anonymousAnswers, tls, flagz, metrics, version, unknownUser, unknownNode, ownGrant, identity, dryRun] =
    await Promise.all([
      slow?.anonymousAnswers ?? collectAnonymousAnswers(access.anonymousGet),
      slow?.tls ?? collectTls(access.handshake, nowMs),
      collectFlagz(access.get),
      collectMetrics(access.stream, nowMs),
      collectVersion(access.get),
      reviewUnknownUser(access.review, nonce),
      reviewUnknownNode(access.review, nonce),
      reviewOwnGrant(access.review),
      collectIdentity(access.whoAmI),
      collectDryRun({ get: access.get, tryPod: access.tryPod, nonce, reviewers }),
    ]);
  const clientAuthorities = await collectClientAuthorities(access.get);
  return {
    anonymousAnswers,
    tls,
    flags: [flagz],
    metrics,
    version: withReleaseEnd(version, nowMs()),
    unknownUser,
    unknownNode,
    ownGrant,
    identity,
    clientAuthorities,
    dryRun,
  };
}

function noReviewers(): Reading<ProbeReviewers> {
  return { missing: 'webhooks and policies that change pods were not looked at' };
}

async function collectIdentity(whoAmI: ServerAccess['whoAmI']): Promise<Reading<string>> {
  try {
    const user = await whoAmI();
    return user === undefined ? { missing: 'the API server does not say whom it takes Merlon for' } : { read: user };
  } catch (error) {
    return { missing: `whom the API server takes Merlon for was not answered: ${messageOf(error)}` };
  }
}
