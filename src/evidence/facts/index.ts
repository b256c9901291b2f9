/** Every fact about one API server, made of what its sources say. */
import type { Evidence } from '../../core/evidence.ts';
import type { ReleaseSupport } from '../../core/kubernetes-releases.ts';
import type { ServerReadings } from '../reading.ts';
import { admission } from './admission.ts';
import { authentication } from './authentication.ts';
import { authorization } from './authorization.ts';
import { connections } from './connections.ts';
import { data } from './data.ts';
import { ask, concludeFact, concludeFacts } from './witness.ts';
import type { Witnesses } from './witness.ts';

const minorVersion: Witnesses['minorVersion'] = [
  ({ version }: Pick<ServerReadings, 'version'>) =>
    ask(version, ({ minor }) => ({
      value: minor,
      source: '/version',
      confidence: 'high',
      detail: `GET /version: minor version ${minor}`,
    })),
];

const versionSupport: Witnesses['versionSupport'] = [
  ({ version }) =>
    ask(version, ({ minor, end }) => {
      if (end === undefined) {
        return { silent: `until when Kubernetes 1.${minor} is mended this Merlon does not know; use a newer one` };
      }
      const { support, lastDay } = end;
      return { value: support, source: '/version', confidence: 'high', detail: describeEnd(minor, support, lastDay) };
    }),
];

function describeEnd(minor: number, support: ReleaseSupport, lastDay: string | undefined): string {
  const version = `Kubernetes 1.${minor}`;
  if (support === 'ended')
    return `${version} is not mended any more${lastDay === undefined ? '' : `, since ${lastDay}`}`;
  const until = lastDay === undefined ? '' : ` until ${lastDay}`;
  return `${version} is mended${until}${support === 'endsSoon' ? ', which is within 60 days' : ''}`;
}

/** By fact, the surest first. */
export const witnesses: Witnesses = {
  minorVersion,
  versionSupport,
  ...authentication,
  ...authorization,
  ...admission,
  ...data,
  ...connections,
};

export function concludeEvidence(readings: ServerReadings): Evidence {
  return concludeFacts(witnesses, readings);
}

/** For those who ask for nothing else. */
export function concludeVersion(version: ServerReadings['version']): Evidence {
  return { minorVersion: concludeFact(minorVersion, { version } as ServerReadings) };
}
