import { expect } from 'chai';
import fc from 'fast-check';

import { isMountedBy, normalizeHostPath } from '../../../src/rules/lib/host-path.ts';

describe('a path of a node, normalised', () => {
  const rows: readonly { readonly written: string; readonly meant: string }[] = [
    { written: '/run/docker.sock', meant: '/run/docker.sock' },
    { written: '/run/', meant: '/run' },
    { written: '//run/./docker.sock/..', meant: '/run' },
    { written: '/a/../../..', meant: '/' },
    { written: '/', meant: '/' },
    { written: '', meant: '/' },
    { written: '.', meant: '/' },
    { written: 'run/docker.sock', meant: '/run/docker.sock' },
    { written: '/var/run/docker.sock', meant: '/run/docker.sock' },
    { written: '/var/run', meant: '/run' },
    { written: '/var/runner', meant: '/var/runner' },
    { written: '/srv/var/run', meant: '/srv/var/run' },
    { written: '/proc/1/root', meant: '/' },
    { written: '/proc/self/root/etc', meant: '/etc' },
    { written: '/proc/1/root/proc/1/root/var/run/docker.sock', meant: '/run/docker.sock' },
    { written: '/proc/1/rootfs', meant: '/proc/1/rootfs' },
    { written: '/proc/1', meant: '/proc/1' },
    { written: '/...', meant: '/...' },
    { written: '/run/docker.sock ', meant: '/run/docker.sock ' },
    { written: '\\\\.\\pipe\\Docker_Engine', meant: '/pipe/docker_engine' },
    { written: '//./pipe/Docker_engine', meant: '/pipe/docker_engine' },
    { written: 'C:/ProgramData', meant: '/c:/programdata' },
    { written: 'C:\\Windows\\System32', meant: '/c:/windows/system32' },
  ];
  for (const { written, meant } of rows) {
    it(`"${written}" is "${meant}"`, () => {
      expect(normalizeHostPath(written)).to.equal(meant);
    });
  }

  it('is normalised already', () => {
    const segment = fc.oneof(fc.constantFrom('', '.', '..', 'var', 'run', 'proc', '1', 'root', '\\'), fc.string());
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const once = normalizeHostPath(segments.join('/'));
        expect(normalizeHostPath(once)).to.equal(once);
        expect(once).to.match(/^\//);
      }),
    );
  });
});

describe('what is mounted with a path of a node', () => {
  const rows: readonly { readonly target: string; readonly mounted: string; readonly isMounted: boolean }[] = [
    { target: '/run/docker.sock', mounted: '/run/docker.sock', isMounted: true },
    { target: '/run/docker.sock', mounted: '/run', isMounted: true },
    { target: '/run/docker.sock', mounted: '/', isMounted: true },
    { target: '/run/docker.sock', mounted: '/var', isMounted: true },
    { target: '/run', mounted: '/var', isMounted: true },
    { target: '/', mounted: '/', isMounted: true },
    { target: '/etc', mounted: '/var', isMounted: false },
    { target: '/run/docker.sock', mounted: '/var/lib', isMounted: false },
    { target: '/run/docker.sock', mounted: '/ru', isMounted: false },
    { target: '/run', mounted: '/run/docker.sock', isMounted: false },
    { target: '/', mounted: '/run', isMounted: false },
  ];
  for (const { target, mounted, isMounted } of rows) {
    it(`${target} is ${isMounted ? 'in' : 'not in'} ${mounted}`, () => {
      expect(isMountedBy(target, mounted)).to.equal(isMounted);
    });
  }
});
