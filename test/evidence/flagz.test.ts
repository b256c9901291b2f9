import { expect } from 'chai';
import { collectFlagz, readFlagz } from '../../src/evidence/flagz.ts';
import { readFlag } from '../../src/evidence/server-flags.ts';
import type { FlagReading, ServerFlags } from '../../src/evidence/server-flags.ts';
import { unusable } from '../../src/evidence/reading.ts';

function flagz(flags: unknown, kind: unknown = 'Flagz'): string {
  return JSON.stringify({ kind, apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kube-apiserver' }, flags });
}

function read(body: string): ServerFlags {
  const reading = readFlagz(body);
  if ('missing' in reading) throw new Error(reading.missing);
  return reading.read;
}

function flag(flags: unknown, name: string): FlagReading {
  return readFlag(read(flagz(flags)), name);
}

describe('/flagz', () => {
  describe('takes a flag', () => {
    it('with its text', () => {
      expect(flag({ profiling: 'false' }, 'profiling')).to.deep.equal({ state: 'set', values: ['false'] });
    });

    it('that is a list, item by item', () => {
      expect(flag({ 'authorization-mode': '[Node,RBAC]' }, 'authorization-mode')).to.deep.equal({
        state: 'set',
        values: ['Node', 'RBAC'],
      });
    });

    it('that is an empty list for not given', () => {
      expect(flag({ 'enable-admission-plugins': '[]' }, 'enable-admission-plugins')).to.deep.equal({ state: 'unset' });
    });

    it('that is empty for not given', () => {
      expect(flag({ 'token-auth-file': '' }, 'token-auth-file')).to.deep.equal({ state: 'unset' });
    });

    it('that it keeps to itself for hidden', () => {
      expect(flag({ 'token-auth-file': 'CLASSIFIED' }, 'token-auth-file')).to.deep.equal({ state: 'hidden' });
    });

    it('that is longer than anybody reads, or has control characters, for hidden', () => {
      for (const text of ['x'.repeat(2049), 'a\u001b[2Jb', 'a\nb', `[a,${'b'.repeat(2048)}]`]) {
        expect(flag({ 'request-timeout': text }, 'request-timeout')).to.deep.equal({ state: 'hidden' });
        expect(flag({ 'enable-admission-plugins': text }, 'enable-admission-plugins')).to.have.property(
          'state',
          'hidden',
        );
      }
      expect(flag({ 'request-timeout': 'x'.repeat(2048) }, 'request-timeout')).to.have.property('state', 'set');
    });

    it('that it does not know by the name, and leaves others as they are', () => {
      expect(flag({ 'a-flag-of-1.50': 'x', profiling: 'true' }, 'profiling')).to.deep.equal({
        state: 'set',
        values: ['true'],
      });
    });
  });

  // To read it as not given would be to say that it is fine.
  describe('is missing where a flag', () => {
    const rows: readonly (readonly [string, unknown])[] = [
      ['is a number', 30],
      ['is null', null],
      ['is a list', ['RBAC']],
      ['is true', true],
    ];
    for (const [what, value] of rows) {
      it(what, () => {
        expect(readFlagz(flagz({ profiling: 'true', 'audit-log-maxage': value }))).to.deep.equal(
          unusable('GET /flagz was answered, but --audit-log-maxage is no text'),
        );
      });
    }
  });

  it('is missing where a flag has a name that is none, which is not shown', () => {
    for (const name of ['', 'a b', 'a\u001b[2J', 'x'.repeat(101)]) {
      expect(readFlagz(flagz({ profiling: 'true', [name]: 30 }))).to.deep.equal(
        unusable('GET /flagz was answered, but a flag has a name that is none'),
      );
    }
  });

  describe('is missing where the answer', () => {
    const rows: readonly (readonly [string, string])[] = [
      ['is text', 'kube-apiserver flags\nWarning: This endpoint\nprofiling=true\n'],
      ['is JSON that was cut off', flagz({ profiling: 'true' }).slice(0, -3)],
      ['is of another kind', flagz({ profiling: 'true' }, 'Statusz')],
      ['has no kind', '{"flags":{"profiling":"true"}}'],
      ['has no flags', '{"kind":"Flagz"}'],
      ['has a list of flags', flagz(['--profiling=true'])],
      ['has not one flag', flagz({})],
      ['is null', 'null'],
      ['is empty', ''],
    ];
    for (const [what, body] of rows) {
      it(what, () => {
        expect(readFlagz(body)).to.deep.equal(unusable('GET /flagz was answered, but not with flags as JSON'));
      });
    }
  });

  it('asks once, for both versions', async () => {
    const asked: string[] = [];
    await collectFlagz((path, headers) => {
      asked.push(`${path} ${headers?.['accept'] ?? ''}`);
      return Promise.resolve({ status: 200, body: flagz({ profiling: 'true' }) });
    });

    expect(asked).to.deep.equal([
      '/flagz application/json;v=v1beta1;g=config.k8s.io;as=Flagz,application/json;v=v1alpha1;g=config.k8s.io;as=Flagz',
    ]);
  });

  it('says which permission is missing', async () => {
    expect(await collectFlagz(() => Promise.resolve({ status: 403, body: '' }))).to.deep.equal({
      missing: 'GET /flagz was answered 403; grant get on the URL /flagz',
      permission: 'get on the URL /flagz',
    });
  });

  it('says since when there are flags as JSON', async () => {
    expect(await collectFlagz(() => Promise.resolve({ status: 406, body: '' }))).to.deep.equal({
      missing: 'GET /flagz was answered 406: it shows flags as JSON from Kubernetes 1.36',
    });
  });
});
