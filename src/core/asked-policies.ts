/** Whether every API server asks the admission policies that stand: without that they refuse and set nothing. */
import { factIfKnown, whyUnknown } from './snapshot.ts';
import type { ApiServer, Snapshot } from './snapshot.ts';

export interface UnaskedPolicies {
  readonly reason: 'PluginOff' | 'NotObserved';
  /** Of one that does not, or of which it is not known. */
  readonly message: string;
}

/**
 * @returns undefined where all of them do
 * @throws {NotObserved} where no API server is known
 */
export function findUnaskedPolicies(
  snapshot: Snapshot,
  fact: 'validatingAdmissionPolicy' | 'mutatingAdmissionPolicy' = 'validatingAdmissionPolicy',
): UnaskedPolicies | undefined {
  const which = fact === 'mutatingAdmissionPolicy' ? 'those that set something' : 'them';
  for (const server of snapshot.apiServers()) {
    const plugin = factIfKnown(server, fact);
    if (plugin === undefined) {
      const why = whyUnknown(server, fact) ?? '';
      return {
        reason: 'NotObserved',
        message: `the policies stand; whether ${nameServer(server)} asks ${which} is not known: ${why}`,
      };
    }
    if (!plugin.value) {
      return {
        reason: 'PluginOff',
        message: `${nameServer(server)} does not ask ${fact === 'mutatingAdmissionPolicy' ? 'admission policies that set something' : 'admission policies'}: ${plugin.detail}`,
      };
    }
  }
  return undefined;
}

function nameServer({ instance }: ApiServer): string {
  return instance === '' ? 'the API server' : `the API server ${instance}`;
}
