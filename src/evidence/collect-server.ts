/** Asks one API server everything that it can be asked from outside. Never throws: what fails is missing, with the reason. */
import { collectAnonymousAnswers } from './anonymous-requests.ts';
import { reviewOwnGrant, reviewUnknownNode, reviewUnknownUser } from './access-reviews.ts';
import { collectClientAuthorities } from './client-authorities.ts';
import { collectFlagz } from './flagz.ts';
import { collectMetrics } from './metrics.ts';
import { explainStatus, messageOf } from './reading.ts';
import type { Get, Reading, ServerReadings } from './reading.ts';
import type { ServerAccess } from './server-access.ts';
import { collectTls } from './tls.ts';
import { collectVersion } from './version.ts';

/** What somebody may take for an attack when it shows in logs: asked for more seldom. */
export type SlowReadings = Pick<ServerReadings, 'anonymousAnswers' | 'tls'>;

export interface RoundOptions {
  /** What was read before and is good enough; asked anew where it is left out. */
  readonly slow?: SlowReadings;
  /** Random, for names that nobody can have granted anything. */
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** Nine requests, and where what is slow is due six more without credentials and three handshakes. */
export async function collectServer(
  access: ServerAccess,
  { slow, nonce, nowMs }: RoundOptions,
): Promise<ServerReadings> {
  const [anonymousAnswers, tls, flagz, metrics, version, readiness, unknownUser, unknownNode, ownGrant, identity] =
    await Promise.all([
      slow?.anonymousAnswers ?? collectAnonymousAnswers(access.anonymousGet),
      slow?.tls ?? collectTls(access.handshake, nowMs),
      collectFlagz(access.get),
      collectMetrics(access.stream, nowMs),
      collectVersion(access.get),
      collectReadiness(access.get),
      reviewUnknownUser(access.review, nonce),
      reviewUnknownNode(access.review, nonce),
      reviewOwnGrant(access.review),
      collectIdentity(access.whoAmI),
    ]);
  const clientAuthorities = await collectClientAuthorities(access.get);
  return {
    anonymousAnswers,
    tls,
    flags: [flagz],
    metrics,
    version,
    readiness,
    unknownUser,
    unknownNode,
    ownGrant,
    identity,
    clientAuthorities,
  };
}

async function collectIdentity(whoAmI: ServerAccess['whoAmI']): Promise<Reading<string>> {
  try {
    const user = await whoAmI();
    return user === undefined ? { missing: 'the API server does not say whom it takes Merlon for' } : { read: user };
  } catch (error) {
    return { missing: `whom the API server takes Merlon for was not answered: ${messageOf(error)}` };
  }
}

/** Any authenticated user may read it; it lists what has to be well, `[+]etcd ok` line by line. */
async function collectReadiness(get: Get): Promise<Reading<readonly string[]>> {
  try {
    const { status, body } = await get('/readyz?verbose');
    // Where something is not well it says so with the same list.
    if (status !== 200 && status !== 500) return { missing: explainStatus('/readyz', status) };
    return { read: [...body.matchAll(/^\[[+-]\](\S+)/gm)].map(([, check = '']) => check) };
  } catch (error) {
    return { missing: `GET /readyz was not answered: ${messageOf(error)}` };
  }
}
