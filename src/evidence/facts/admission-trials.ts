/** What pods that were tried by dry runs tell about admission plugins: what they do, which is surer than what flags say. */
import type { DryRunReading } from '../dry-run-probes.ts';
import { isRead } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';
import { ask, isSaid, presence } from './witness.ts';
import type { Said, Testimony } from './witness.ts';

/** Nothing is told of dry runs where the guard was not seen to act. */
export function tellFromGuard({ dryRun }: ServerReadings): Testimony<boolean> {
  return ask(dryRun, () => saidByTrial(true, 'the policy that guards the namespace of probes acts'));
}

/** The plugin gives every pod Always, and refuses what is given another policy after it; others may give Always, too. */
export function tellFromPullPolicy(readings: ServerReadings): Testimony<boolean> {
  return ask(readings.dryRun, ({ pullPolicy, reviewers }) =>
    ask(pullPolicy, (became) =>
      became === 'kept'
        ? saidByTrial(false, 'a pod that was tried kept its imagePullPolicy IfNotPresent')
        : tellWhoReplaced(reviewers, readings),
    ),
  );
}

function tellWhoReplaced(reviewers: DryRunReading['reviewers'], readings: ServerReadings): Testimony<boolean> {
  const replaced = 'a pod that was tried was given imagePullPolicy Always';
  if (!isRead(reviewers)) return { silent: `${replaced}, by whom is not known: ${reviewers.missing}` };
  const { mutators } = reviewers.read;
  if (mutators.length > 0) return { silent: `${replaced}, by the plugin or by ${mutators.join(' or ')}` };
  return hasPolicyFiles(readings)
    ? { silent: `${replaced}, by the plugin or by a policy from a file that the API does not show` }
    : saidByTrial(true, `${replaced}, and no webhook and no policy changes pods there`);
}

export function tellFromWarnings(readings: ServerReadings): Testimony<boolean> {
  return ask(readings.dryRun, ({ podSecurity, reviewers }) =>
    ask(podSecurity, (sign) => {
      if (sign === 'refuses') return saidByTrial(true, 'a pod with hostPID that was tried violates PodSecurity');
      if (sign === 'warns') return tellWhoWarned(reviewers);
      // Who is exempt is named in its file: not by accident the account of Merlon, but maybe somebody who asks himself.
      return isServiceAccount(readings) || isWithoutConfigurationFile(readings)
        ? saidByTrial(false, 'a pod with hostPID was tried where PodSecurity would warn, and it did not')
        : { silent: 'PodSecurity did not warn of a pod that was tried, or you are exempt' };
    }),
  );
}

export function tellFromStranger({ dryRun }: ServerReadings): Testimony<boolean> {
  return ask(dryRun, ({ stranger }) =>
    ask(stranger, (became) =>
      became === 'refused'
        ? saidByTrial(true, 'a pod with a service account that does not exist was refused when it was tried')
        : saidByTrial(false, 'a pod with a service account that does not exist was admitted when it was tried'),
    ),
  );
}

/** Webhooks warn in what words they like, and the one that was written for clusters without the plugin in the same. */
function tellWhoWarned(reviewers: DryRunReading['reviewers']): Testimony<boolean> {
  const warned = 'PodSecurity warned of a pod with hostPID that was tried';
  if (!isRead(reviewers)) return { silent: `${warned}, or a webhook in its words: ${reviewers.missing}` };
  const { webhooks } = reviewers.read;
  return webhooks.length === 0
    ? saidByTrial(true, warned)
    : { silent: `${warned}, or ${webhooks.join(' or ')} in its words` };
}

/** From Kubernetes 1.36 on a file may name policies that the API does not show: where nobody knows, there may be some. */
function hasPolicyFiles(readings: ServerReadings): boolean {
  const { version } = readings;
  return !(isRead(version) && version.read.minor < 36) && !isWithoutConfigurationFile(readings);
}

function isServiceAccount({ identity }: ServerReadings): boolean {
  return isRead(identity) && identity.read.startsWith('system:serviceaccount:');
}

function isWithoutConfigurationFile(readings: ServerReadings): boolean {
  const testimonies = [presence('admission-control-config-file')(readings)].flat();
  // Of what an API server was only declared to be started with, not.
  return testimonies.some((one) => isSaid(one) && !one.value && one.confidence === 'high');
}

function saidByTrial(value: boolean, detail: string): Said<boolean> {
  return { value, source: 'dry run', confidence: 'high', detail };
}
