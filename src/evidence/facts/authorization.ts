/** Which authorizers an API server asks. */
import { DECISIONS, WEBHOOK_EVALUATIONS, WEBHOOK_FAIL_OPEN } from '../metrics.ts';
import { isAllowedByRbac } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';
import { OWN_CHECK, RBAC_CHECK } from '../readyz.ts';
import { readFlag } from '../server-flags.ts';
import { silentAboutFile } from './authentication.ts';
import { ask, flagWitness, isSaid, NOTHING_TO_SAY, saidBy, saidByMetrics, silentAbout } from './witness.ts';
import type { Testimony, Witness, Witnesses } from './witness.ts';

const REVIEW = 'SubjectAccessReview';
const READYZ = '/readyz?verbose';

export const authorization = {
  unknownUserAllowed: [
    ({ unknownUser }) =>
      ask(unknownUser, (value) => ({
        value,
        source: REVIEW,
        confidence: 'high',
        detail: value
          ? 'a user that nobody knows may delete Secrets in kube-system or read any URL'
          : 'a user that nobody knows is refused',
      })),
  ],
  alwaysAllowAuthorizer: [
    decided('AlwaysAllow'),
    ({ unknownUser }) =>
      ask(unknownUser, (isAllowed) =>
        isAllowed
          ? { silent: 'a user that nobody knows is allowed everything, by whom is not told' }
          : { value: false, source: REVIEW, confidence: 'high', detail: 'a user that nobody knows is refused' },
      ),
    configured('AlwaysAllow'),
  ],
  rbacAuthorizer: [
    ({ ownGrant }) =>
      ask(ownGrant, (answer) =>
        isAllowedByRbac(answer)
          ? {
              value: true,
              source: 'SelfSubjectAccessReview',
              confidence: 'high',
              detail: 'what Merlon is granted is allowed by RBAC',
            }
          : { silent: 'another authorizer answers before RBAC' },
      ),
    decided('RBAC'),
    ({ checks }) => ask(checks, tellFromChecks),
    configured('RBAC'),
  ],
  nodeAuthorizer: [
    ({ unknownNode }) =>
      ask(unknownNode, ({ allowed, reason }) =>
        !allowed && reason.includes('no relationship found between node')
          ? {
              value: true,
              source: REVIEW,
              confidence: 'high',
              detail: 'a node that is none is refused by the authorizer Node',
            }
          : { silent: 'what a node that is none is answered does not tell' },
      ),
    decided('Node'),
    configured('Node'),
  ],
  webhookAuthorizer: [
    ({ metrics }) =>
      ask(metrics, ({ series }) =>
        series.has(WEBHOOK_EVALUATIONS)
          ? saidByMetrics(true, 'an authorization webhook was asked')
          : { silent: '/metrics shows no authorization webhook that was asked' },
      ),
    decided('Webhook'),
    configured('Webhook'),
  ],
  webhookAuthorizerFailsOpen: [
    // What goes on after the last authorizer is refused, although it is counted as well.
    (readings) =>
      isAskedLast(readings)
        ? NOTHING_TO_SAY
        : ask(readings.metrics, ({ series }) =>
            series.has(WEBHOOK_FAIL_OPEN)
              ? saidByMetrics(true, 'requests went on although the authorization webhook failed')
              : { silent: '/metrics shows no request that went on although the authorization webhook failed' },
          ),
    flagWitness((flags) => {
      const modes = readModes(flags);
      if ('silent' in modes) return modes;
      const { value, detail } = modes;
      if (!value.includes('Webhook')) return saidBy(flags, false, `${detail}: there is no webhook`);
      return value.at(-1) === 'Webhook'
        ? saidBy(flags, false, `${detail}: no authorizer is asked after the webhook`)
        : saidBy(flags, true, `${detail}: where the webhook fails, the next authorizer decides`);
    }),
  ],
  abacAuthorizer: [
    decided('ABAC'),
    // Without that file an API server that is to ask it does not start, whatever the file of --authorization-config says.
    flagWitness((flags) =>
      readFlag(flags, 'authorization-policy-file').state === 'unset'
        ? saidBy(flags, false, '--authorization-policy-file is not given')
        : NOTHING_TO_SAY,
    ),
    configured('ABAC'),
  ],
} satisfies Partial<Witnesses>;

/** A file of authorizers that has changed since may have taken RBAC away; it is not taken where it adds it. */
function tellFromChecks(checks: readonly string[]): Testimony<boolean> {
  const isOn = checks.includes(RBAC_CHECK);
  if (!isOn && !checks.includes(OWN_CHECK)) return { silent: `${READYZ} names no checks of kube-apiserver itself` };
  return isOn
    ? { value: true, source: READYZ, confidence: 'medium', detail: 'it was started with the authorizer RBAC' }
    : { value: false, source: READYZ, confidence: 'high', detail: 'it was started without the authorizer RBAC' };
}

/** An authorizer that has decided something is on; one that has not need not be off. */
function decided(type: string): Witness<boolean> {
  return ({ metrics }) =>
    ask(metrics, ({ series }) =>
      series.get(DECISIONS)?.some((labels) => labels['type'] === type) === true
        ? saidByMetrics(true, `the authorizer ${type} has decided requests`)
        : { silent: `/metrics shows no decision of the authorizer ${type}` },
    );
}

function configured(type: string): Witness<boolean> {
  return flagWitness((flags) => {
    const modes = readModes(flags);
    return 'silent' in modes ? modes : saidBy(flags, modes.value.includes(type), modes.detail);
  });
}

/** Somebody who only declares so does not outdo what was counted. */
function isAskedLast(readings: ServerReadings): boolean {
  const modes = flagWitness((flags) => readModes(flags))(readings);
  return modes.some((one) => isSaid(one) && one.confidence === 'high' && one.value.at(-1) === 'Webhook');
}

function readModes(flags: Parameters<typeof readFlag>[0]): Testimony<readonly string[]> {
  const file = readFlag(flags, 'authorization-config');
  if (file.state === 'set' || file.state === 'hidden') return silentAboutFile('authorization-config');
  const mode = readFlag(flags, 'authorization-mode');
  if (mode.state === 'set') return saidBy(flags, mode.values, `--authorization-mode=${mode.values.join(',')}`);
  if (mode.state === 'hidden' || mode.state === 'unknown' || file.state === 'unknown') {
    return silentAbout(flags, 'authorization-mode');
  }
  return saidBy(flags, ['AlwaysAllow'], 'no authorization flag is given, and AlwaysAllow is the default');
}
