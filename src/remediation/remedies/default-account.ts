/** Takes the API token away from the pods of a namespace's default service account, unless they ask for it themselves. */
import { findTokenRisks, tokenRiskReads } from '../risk.ts';
import type { Remedy } from '../remedy.ts';

const FIELD = 'automountServiceAccountToken';
const keys = [FIELD] as const;

export const DEFAULT_ACCOUNT_RULE = 'service-account-default-token-mount';

export const defaultAccountRemedy: Remedy = {
  rule: DEFAULT_ACCOUNT_RULE,
  isPlanOnly: false,
  needsGuard: false,
  role: 'merlon-repair-default-accounts',
  fields: [keys],
  reads: ['ServiceAccount', ...tokenRiskReads],

  plan({ rule, subject }, snapshot) {
    const { namespace = '', name } = subject;
    const account = name === 'default' ? snapshot.get('ServiceAccount', namespace, name) : undefined;
    if (account === undefined || account.automountServiceAccountToken === false) return undefined;
    const { uid } = account.metadata;
    return {
      rule,
      target: uid === undefined ? subject : { ...subject, uid },
      patch: { [FIELD]: false },
      fields: [{ path: FIELD, keys, before: account.automountServiceAccountToken, after: false }],
      risks: findTokenRisks(snapshot, namespace, name),
      isPlanOnly: false,
    };
  },

  // Absent and true are the same to every pod, so that a forged record gains nothing.
  isRestorable: (_keys, before) => before === true,
};
