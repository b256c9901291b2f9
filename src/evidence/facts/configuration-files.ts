/**
 * Which files configure an API server, by the hashes that its metrics show of what they say: nobody sees what that is, but
 * whether two API servers were given the same.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/server/options/{authentication,authorization,encryption}config/metrics, and where
 * they are recorded: at the start, and at each reload that succeeds. From Kubernetes 1.34.
 */
import { AUTHENTICATION_FILE, AUTHORIZATION_FILE, ENCRYPTION_FILE } from '../metrics.ts';
import { readFlag } from '../server-flags.ts';
import { ask, flagWitness, saidBy, saidByMetrics, silentAbout } from './witness.ts';
import type { Witness, Witnesses } from './witness.ts';

/** What a fact says where no file is given. */
const NONE = 'none';
const HASH = /^sha256:[0-9a-f]{64}$/;

export const configurationFiles = {
  authenticationConfiguration: hashOf('authentication-config', AUTHENTICATION_FILE),
  authorizationConfiguration: hashOf('authorization-config', AUTHORIZATION_FILE),
  encryptionConfiguration: hashOf('encryption-provider-config', ENCRYPTION_FILE),
} satisfies Partial<Witnesses>;

/** @param flag without dashes. @param metric has a series with the hash where a file is read */
function hashOf(flag: string, metric: string): readonly Witness<string>[] {
  return [
    ({ metrics }) =>
      ask(metrics, ({ series }) => {
        const hashes = new Set((series.get(metric) ?? []).map((labels) => labels['hash'] ?? ''));
        const [hash = ''] = hashes;
        return hashes.size === 1 && HASH.test(hash)
          ? saidByMetrics(hash, `what the file of --${flag} says has the hash ${hash}`)
          : {
              silent: `/metrics shows no hash of a file of --${flag}, as it does from Kubernetes 1.34 where there is one`,
            };
      }),
    flagWitness((flags) => {
      const { state } = readFlag(flags, flag);
      if (state === 'unset') return saidBy(flags, NONE, `--${flag} is not given`);
      return state === 'unknown'
        ? silentAbout(flags, flag)
        : { silent: `--${flag} is given, and ${flags.source} does not show what the file says` };
    }),
  ];
}
