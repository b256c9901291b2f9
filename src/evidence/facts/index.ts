/** Every fact about one API server, made of what its sources say. */
import type { Evidence } from '../../core/evidence.ts';
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

/** By fact, the surest first. */
export const witnesses: Witnesses = {
  minorVersion,
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
