/** What an API server writes down, and how it stores it. */
import { AUDIT_LEVELS, TRANSFORMATIONS } from '../metrics.ts';
import { readFlag } from '../server-flags.ts';
import { silentAboutFile } from './authentication.ts';
import { ask, flagWitness, integerFlag, isSettled, saidBy, saidByMetrics, silentAbout } from './witness.ts';
import type { Witnesses } from './witness.ts';

/** From then on audit logs are rotated by default. Source: k8s.io/apiserver v0.35.4 and v0.36.3, pkg/server/options/audit.go. */
const ROTATED_SINCE_MINOR = 36;

export const data = {
  auditing: [
    ({ metrics }) =>
      ask(metrics, (reading) => {
        const levels = reading.series.get(AUDIT_LEVELS)?.map((labels) => labels['level'] ?? '') ?? [];
        const written = levels.filter((level) => !['None', ''].includes(level));
        if (written.length > 0)
          return saidByMetrics(true, `requests were audited at ${[...new Set(written)].join(', ')}`);
        // There is a policy, and what it keeps may be asked for once a month.
        if (levels.length > 0)
          return { silent: '/metrics shows requests that the audit policy drops, and none yet that it keeps' };
        return isSettled(reading)
          ? saidByMetrics(false, 'no request was ever audited')
          : { silent: '/metrics shows no request that was audited yet' };
      }),
    flagWitness((flags) => {
      const policy = readFlag(flags, 'audit-policy-file');
      const backends = ['audit-log-path', 'audit-webhook-config-file'].map((name) => ({
        name,
        ...readFlag(flags, name),
      }));
      const isGiven = ({ state }: { readonly state: string }): boolean => state === 'set' || state === 'hidden';
      if (policy.state === 'unset') return saidBy(flags, false, '--audit-policy-file is not given');
      // The policy may drop everything.
      if (backends.some(isGiven) && isGiven(policy)) return silentAboutFile('audit-policy-file');
      return backends.every(({ state }) => state === 'unset')
        ? saidBy(flags, false, 'neither --audit-log-path nor --audit-webhook-config-file is given')
        : silentAbout(flags, 'audit-policy-file');
    }),
  ],
  auditLogMaxAge: [integerFlag('audit-log-maxage', (minor) => (minor < ROTATED_SINCE_MINOR ? 0 : 366))],
  auditLogMaxBackups: [integerFlag('audit-log-maxbackup', (minor) => (minor < ROTATED_SINCE_MINOR ? 0 : 100))],
  auditLogMaxSize: [integerFlag('audit-log-maxsize', (minor) => (minor < ROTATED_SINCE_MINOR ? 0 : 100))],
  secretsEncrypted: [
    ({ metrics }) =>
      ask(metrics, ({ series }) => {
        // Before 1.32 it does not say which resource was written.
        const written = (series.get(TRANSFORMATIONS) ?? []).filter(
          (labels) => labels['transformation_type'] === 'to_storage' && (labels['resource'] ?? 'secrets') === 'secrets',
        );
        const prefixes = [...new Set(written.map((labels) => labels['transformer_prefix'] ?? ''))];
        const encrypting = prefixes.filter((prefix) => prefix.startsWith('k8s:enc:'));
        // Nothing goes before what is stored as it is. Others are names of keys, which go after what is encrypting.
        const isPlain = prefixes.some((prefix) => prefix === '' || prefix === 'identity');
        const isOfSecrets = written.some((labels) => labels['resource'] === 'secrets');
        if (isPlain && encrypting.length === 0 && isOfSecrets) {
          return saidByMetrics(false, 'Secrets were stored as they are');
        }
        const [first] = encrypting;
        // What follows is the name of a provider or of a key, and nobody's business.
        const prefix = first === undefined ? undefined : (/^k8s:enc:\w+:v\d+:/.exec(first)?.[0] ?? 'k8s:enc:');
        if (prefix === undefined) return { silent: '/metrics shows no Secret that was encrypted' };
        return isOfSecrets && !isPlain
          ? saidByMetrics(true, `Secrets were stored with ${prefix}`)
          : { silent: `/metrics shows that something was stored with ${prefix}, not that every Secret was` };
      }),
    flagWitness((flags) => {
      const { state } = readFlag(flags, 'encryption-provider-config');
      if (state === 'unset') return saidBy(flags, false, '--encryption-provider-config is not given');
      return state === 'unknown'
        ? silentAbout(flags, 'encryption-provider-config')
        : silentAboutFile('encryption-provider-config');
    }),
  ],
} satisfies Partial<Witnesses>;
