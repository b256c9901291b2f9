/** Every fact about one API server, made of what its sources say. */
import type { Evidence } from '../../core/evidence.ts';
import { isRead } from '../reading.ts';
import type { ServerReadings } from '../reading.ts';
import { admission } from './admission.ts';
import { authentication } from './authentication.ts';
import { authorization } from './authorization.ts';
import { connections } from './connections.ts';
import { data } from './data.ts';
import { ask, concludeFact, concludeFacts } from './witness.ts';
import type { Said, Witnesses } from './witness.ts';

const minorVersion: Witnesses['minorVersion'] = [
  ({ version }: Pick<ServerReadings, 'version'>) =>
    ask(version, ({ minor, source = '/version' }) => tellMinor(minor, source)),
  ({ status }: Pick<ServerReadings, 'status'>) => ask(status, ({ minor }) => tellMinor(minor, '/statusz')),
];

function tellMinor(minor: number, source: string): Said<number> {
  return { value: minor, source, confidence: 'high', detail: `GET ${source}: minor version ${minor}` };
}

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
  return concludeFacts(witnesses, { ...readings, version: selectVersion(readings) });
}

/** For those who ask for nothing else. */
export function concludeVersion(version: ServerReadings['version']): Evidence {
  const status = { missing: '' };
  return { minorVersion: concludeFact(minorVersion, { version, status } as ServerReadings) };
}

/** What defaults are told by: that of /statusz where /version does not tell. */
function selectVersion({ version, status }: ServerReadings): ServerReadings['version'] {
  if (isRead(version) || !isRead(status)) return version;
  const { minor, binaryVersion } = status.read;
  return { ...status, read: { minor, gitVersion: `v${binaryVersion}`, source: '/statusz' } };
}
