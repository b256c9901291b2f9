/** Every fact about one API server, made of what its sources say. */
import type { Evidence } from '../../core/evidence.ts';
import type { ReleaseEnd, ReleaseSupport } from '../../core/kubernetes-releases.ts';
import { isRead } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';
import { minorOfProgram } from '../version.ts';
import { admission } from './admission.ts';
import { authentication } from './authentication.ts';
import { authorization } from './authorization.ts';
import { connections } from './connections.ts';
import { configurationFiles } from './configuration-files.ts';
import { data } from './data.ts';
import { ask, concludeFact, concludeFacts } from './witness.ts';
import type { Testimony, Witnesses } from './witness.ts';

const minorVersion: Witnesses['minorVersion'] = [
  ({ version }: Pick<ServerReadings, 'version'>) =>
    ask(version, ({ minor, source = '/version' }) => tellMinor(minor, source)),
  ({ status }: Pick<ServerReadings, 'status'>) => ask(status, ({ minor }) => tellMinor(minor, '/statusz')),
];

const binaryMinor: Witnesses['binaryMinor'] = [
  ({ version }) => ask(version, (read) => tellProgram(minorOfProgram(read), read.source ?? '/version')),
  ({ status }) => ask(status, (read) => tellProgram(minorOfProgram(read), '/statusz')),
];

const versionSupport: Witnesses['versionSupport'] = [
  ({ version }) => ask(version, (read) => tellSupport(minorOfProgram(read), read.end, read.source ?? '/version')),
  ({ status }) => ask(status, (read) => tellSupport(minorOfProgram(read), read.end, '/statusz')),
];

function tellMinor(minor: number, source: string): Testimony<number> {
  return { value: minor, source, confidence: 'high', detail: `GET ${source}: minor version ${minor}` };
}

function tellProgram(minor: number, source: string): Testimony<number> {
  return { value: minor, source, confidence: 'high', detail: `GET ${source}: a program of Kubernetes 1.${minor}` };
}

function tellSupport(minor: number, end: ReleaseEnd | undefined, source: string): Testimony<ReleaseSupport> {
  return end === undefined
    ? { silent: `until when Kubernetes 1.${minor} is mended this Merlon does not know; use a newer one` }
    : { value: end.support, source, confidence: 'high', detail: describeEnd(minor, end) };
}

function describeEnd(minor: number, { support, lastDay }: ReleaseEnd): string {
  const version = `Kubernetes 1.${minor}`;
  if (support === 'ended') {
    return `${version} is not mended any more${lastDay === undefined ? '' : `, since ${lastDay}`}`;
  }
  const until = lastDay === undefined ? '' : ` until ${lastDay}`;
  return `${version} is mended${until}${support === 'endsSoon' ? ', which is within 60 days' : ''}`;
}

/** By fact, the surest first. */
export const witnesses: Witnesses = {
  minorVersion,
  binaryMinor,
  versionSupport,
  ...authentication,
  ...authorization,
  ...admission,
  ...data,
  ...configurationFiles,
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
  const { binaryVersion, startedAtSeconds, ...known } = status.read;
  return { ...status, read: { ...known, gitVersion: `v${binaryVersion}`, source: '/statusz' } };
}
