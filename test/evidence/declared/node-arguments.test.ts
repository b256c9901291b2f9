import { expect } from 'chai';

import { readNodeArguments } from '../../../src/evidence/declared/node-arguments.ts';
import { isRead } from '../../../src/evidence/reading.ts';
import { argumentsOf, serverNode, written } from './stated-objects.ts';
import type { StatedNode } from './stated-objects.ts';

function read(words: readonly string[], stated: StatedNode = {}): ReturnType<typeof written> {
  return readText(JSON.stringify(words), stated);
}

function readText(text: string, stated: StatedNode = {}): ReturnType<typeof written> {
  const [reading] = readNodeArguments([serverNode({ annotations: { 'k3s.io/node-args': text }, ...stated })]);
  if (reading === undefined) return undefined;
  return isRead(reading) ? written({ read: reading.read.flags }) : reading.missing;
}

const title = 'annotation k3s.io/node-args of node a, medium, partial';

describe('the arguments that k3s and RKE2 write on their nodes', () => {
  it('tell what k3s was told to start the API server with', () => {
    const words = [
      'server',
      '--tls-san',
      'k.example',
      '--kube-apiserver-arg',
      'profiling=false',
      '--token',
      '********',
    ];
    expect(read([...words, '--kube-apiserver-arg', 'audit-log-maxage=30'])).to.deep.equal([
      title,
      'audit-log-maxage=30',
      'profiling=false',
    ]);
  });

  it('tell the same of RKE2', () => {
    const annotations = argumentsOf(
      ['server', '--profile', 'cis', '--kube-apiserver-arg', 'anonymous-auth=false'],
      'rke2.io/node-args',
    );
    expect(read([], { annotations })).to.deep.equal([
      'annotation rke2.io/node-args of node a, medium, partial',
      'anonymous-auth=false',
    ]);
  });

  it('are read in one word, with dashes before the flag, with underscores, and without a value', () => {
    expect(
      read(['server', '--kube-apiserver-arg=--anonymous_auth=false', '--kube-apiserver-arg', 'profiling']),
    ).to.deep.equal([title, 'anonymous-auth=false', 'profiling=true']);
  });

  it('hide what is masked', () => {
    expect(read(['server', '--kube-apiserver-arg', 'oidc-client-id=********'])).to.deep.equal([
      title,
      'oidc-client-id=?',
    ]);
  });

  it('hide what is added to something that is not shown', () => {
    expect(
      read([
        ...['server', '--kube-apiserver-arg', 'authorization-mode+=Webhook'],
        ...['--kube-apiserver-arg', 'enable_admission-plugins-=AlwaysPullImages'],
      ]),
    ).to.deep.equal([title, 'authorization-mode=?', 'enable-admission-plugins=?']);
  });

  it('tell nothing of what is not among them', () => {
    expect(read(['server'])).to.deep.equal([title]);
  });

  it('tell where the API server is', () => {
    const words = ['server', '--advertise-address', '10.0.0.9', '--https-listen-port', '7443'];
    const [reading] = readNodeArguments([serverNode({ addresses: ['10.0.0.5'], annotations: argumentsOf(words) })]);
    expect(reading).to.have.nested.property('read.addresses').that.deep.equals(['10.0.0.5', '10.0.0.9']);
    expect(reading).to.have.nested.property('read.port', 7443);
  });

  describe('do not count', () => {
    it('of an agent', () => {
      expect(read(['agent', '--kube-apiserver-arg', 'profiling=false'])).to.equal(undefined);
    });

    it('of a server without an API server', () => {
      expect(read(['server', '--disable-apiserver', '--kube-apiserver-arg', 'profiling=false'])).to.equal(undefined);
      expect(read(['server', '--disable-apiserver', 'true'])).to.equal(undefined);
      expect(read(['server', '--disable-apiserver', 'false'])).to.deep.equal([title]);
    });

    it('of a node that is none of the control plane', () => {
      expect(read(['server'], { label: 'node-role.kubernetes.io/etcd' })).to.equal(undefined);
    });

    it('where the argument itself is masked: it may be any', () => {
      const words = ['server', '--kube-apiserver-arg', 'profiling=false', '--kube-apiserver-arg', '********'];
      expect(read(words)).to.equal(
        'annotation k3s.io/node-args of node a does not show what the API server is started with',
      );
    });

    it('as anything but a list of words of a sensible size', () => {
      const none = 'annotation k3s.io/node-args of node a is no list of words, or longer than any';
      expect(readText('server --kube-apiserver-arg x')).to.equal(none);
      expect(readText('{"server":true}')).to.equal(none);
      expect(readText('["server",1]')).to.equal(none);
      expect(readText('null')).to.equal(none);
      expect(readText(JSON.stringify(['server', 'x'.repeat(70_000)]))).to.equal(none);
      expect(readText(JSON.stringify(Array.from({ length: 3000 }, () => 'server')))).to.equal(none);
    });
  });
});
