import { expect } from 'chai';
import { parseFlags, parseServerCommand } from '../../src/evidence/arguments.ts';
import type { ArgumentFlags } from '../../src/evidence/arguments.ts';

/** Flags as `name=a|b`, hidden ones as `name=?`, in the order of the names. */
function written(flags: ArgumentFlags | undefined): readonly string[] | undefined {
  if (flags === undefined) return undefined;
  const shown = [...flags.values].map(([name, values]) => `${name}=${values.join('|')}`);
  return [...shown, ...[...flags.hidden].map((name) => `${name}=?`)].sort();
}

function command(...words: readonly string[]): readonly string[] | undefined {
  return written(parseServerCommand(words));
}

function flags(...words: readonly string[]): readonly string[] | undefined {
  return written(parseFlags(words));
}

describe('the command line of an API server', () => {
  describe('is found where it is started by', () => {
    it('kubeadm, kind and minikube: everything in the command', () => {
      expect(
        command(
          'kube-apiserver',
          '--advertise-address=172.18.0.2',
          '--allow-privileged=true',
          '--authorization-mode=Node,RBAC',
          '--enable-admission-plugins=NodeRestriction',
          '--enable-bootstrap-token-auth=true',
        ),
      ).to.deep.equal([
        'advertise-address=172.18.0.2',
        'allow-privileged=true',
        'authorization-mode=Node|RBAC',
        'enable-admission-plugins=NodeRestriction',
        'enable-bootstrap-token-auth=true',
      ]);
    });

    it('RKE2: a command, and its arguments after it', () => {
      expect(command('kube-apiserver', '--anonymous-auth=false', '--profiling=false')).to.deep.equal([
        'anonymous-auth=false',
        'profiling=false',
      ]);
    });

    it('Talos: the whole path of the program', () => {
      expect(
        command('/usr/local/bin/kube-apiserver', '--authentication-config=/system/config/authentication.yaml'),
      ).to.deep.equal(['authentication-config=/system/config/authentication.yaml']);
    });

    it('go-runner, as kOps has it', () => {
      expect(
        command(
          '/go-runner',
          '--log-file=/var/log/kube-apiserver.log',
          '--also-stdout',
          '/usr/local/bin/kube-apiserver',
          '--v=2',
          '--anonymous-auth=false',
        ),
      ).to.deep.equal(['anonymous-auth=false', 'v=2']);
    });

    it('go-runner with a log that is named like the program', () => {
      expect(command('/go-runner', '--log-file=/var/log/kube-apiserver', 'kube-apiserver', '--v=2')).to.deep.equal([
        'v=2',
      ]);
    });

    it('a shell, as older kOps has it', () => {
      expect(
        command(
          '/bin/sh',
          '-c',
          'mkfifo /tmp/pipe; (tee -a /var/log/kube-apiserver.log < /tmp/pipe & ) ; exec /usr/local/bin/kube-apiserver --anonymous-auth=false --authorization-mode=Node,RBAC > /tmp/pipe 2>&1',
        ),
      ).to.deep.equal(['anonymous-auth=false', 'authorization-mode=Node|RBAC']);
    });

    it('a shell with quotes around values', () => {
      expect(
        command(
          'sh',
          '-c',
          `exec kube-apiserver --oidc-client-id="my id" --tls-min-version='VersionTLS12' 2>&1 | tee x`,
        ),
      ).to.deep.equal(['oidc-client-id=my id', 'tls-min-version=VersionTLS12']);
    });
  });

  describe('is none', () => {
    it('of another program', () => {
      expect(command('kube-controller-manager', '--profiling=false')).to.equal(undefined);
    });

    it('without a word', () => {
      expect(command()).to.equal(undefined);
    });

    it('of a program that only writes about it', () => {
      expect(command('tail', '-f', '/var/log/kube-apiserver.log')).to.equal(undefined);
    });
  });

  describe('has flags', () => {
    it('with their value as the next word', () => {
      expect(flags('--authorization-mode', 'Node,RBAC', '--v', '2')).to.deep.equal([
        'authorization-mode=Node|RBAC',
        'v=2',
      ]);
    });

    it('that are true by being there, and take no word after them', () => {
      expect(flags('--profiling', 'false', '--anonymous-auth')).to.deep.equal([
        'anonymous-auth=true',
        'profiling=true',
      ]);
    });

    it('without a value at the end, which is not given', () => {
      expect(flags('--token-auth-file')).to.deep.equal(['token-auth-file=']);
    });

    it('that no value follows, but another flag', () => {
      expect(flags('--token-auth-file', '--profiling=false')).to.deep.equal(['profiling=false', 'token-auth-file=']);
    });

    it('with underscores', () => {
      expect(flags('--anonymous_auth=false')).to.deep.equal(['anonymous-auth=false']);
    });

    it('with quotes', () => {
      expect(flags('--oidc-client-id="merlon"', "--oidc-issuer-url='https://a'")).to.deep.equal([
        'oidc-client-id=merlon',
        'oidc-issuer-url=https://a',
      ]);
    });

    it('with an equals sign in the value', () => {
      expect(flags('--oidc-required-claim=groups=a')).to.deep.equal(['oidc-required-claim=groups=a']);
    });

    it('that come again, of which the last counts', () => {
      expect(flags('--profiling=true', '--profiling=false')).to.deep.equal(['profiling=false']);
    });

    it('that are lists and come again, which add up', () => {
      expect(
        flags(
          '--enable-admission-plugins=NodeRestriction',
          '--enable-admission-plugins=AlwaysPullImages, EventRateLimit',
        ),
      ).to.deep.equal(['enable-admission-plugins=NodeRestriction|AlwaysPullImages|EventRateLimit']);
    });

    it('no more after two dashes', () => {
      expect(flags('--profiling=false', '--', '--anonymous-auth=false')).to.deep.equal(['profiling=false']);
    });

    it('among words that are none', () => {
      expect(flags('profiling=false', '', '--v=1')).to.deep.equal(['v=1']);
    });
  });

  describe('hides flags', () => {
    it('whose value comes from elsewhere', () => {
      expect(
        flags('--advertise-address=$(HOST_IP)', '--v=$LEVEL', '--etcd-servers=https://${ETCD}:2379'),
      ).to.deep.equal(['advertise-address=?', 'etcd-servers=?', 'v=?']);
    });

    it('that k3s masks', () => {
      expect(flags('--token-auth-file=********')).to.deep.equal(['token-auth-file=?']);
    });

    it('whose later value is hidden', () => {
      expect(flags('--profiling=false', '--profiling=$(PROFILING)')).to.deep.equal(['profiling=?']);
    });

    it('no more where a later value is there to be seen', () => {
      expect(flags('--profiling=$(PROFILING)', '--profiling=false')).to.deep.equal(['profiling=false']);
    });

    it('of lists, a part of which is hidden', () => {
      expect(flags('--authorization-mode=RBAC', '--authorization-mode=$(MODE)')).to.deep.equal([
        'authorization-mode=?',
      ]);
    });

    it('that are longer than anybody reads', () => {
      expect(flags(`--tls-min-version=${'x'.repeat(3000)}`)).to.deep.equal(['tls-min-version=?']);
    });

    it('of lists that are longer than anybody reads, part by part', () => {
      const words = Array.from({ length: 300 }, (_one, index) => `--tls-cipher-suites=TLS_${index}_${'x'.repeat(9)}`);
      expect(flags(...words)).to.deep.equal(['tls-cipher-suites=?']);
    });

    it('with control characters, which would play tricks on a terminal', () => {
      expect(flags('--authorization-mode=RBAC\u001b[2J')).to.deep.equal(['authorization-mode=?']);
    });

    it('whose value a shell makes', () => {
      expect(command('sh', '-c', 'exec kube-apiserver --token-auth-file=$(find /etc) --v="`level`"')).to.deep.equal([
        'token-auth-file=?',
        'v=?',
      ]);
    });
  });

  describe('is complete', () => {
    const isComplete = (...words: readonly string[]): boolean | undefined => parseServerCommand(words)?.isComplete;

    it('where every word is understood', () => {
      expect(isComplete('kube-apiserver', '--profiling=false', '--advertise-address=$(HOST_IP)')).to.equal(true);
    });

    it('up to where a shell does something else', () => {
      const line = 'exec kube-apiserver --profiling=false;echo $?';
      expect(isComplete('sh', '-c', line)).to.equal(true);
      expect(command('sh', '-c', line)).to.deep.equal(['profiling=false']);
    });

    it('not where words come from elsewhere', () => {
      expect(isComplete('kube-apiserver', '$(EXTRA_FLAGS)')).to.equal(false);
    });

    it('not where flags do', () => {
      expect(isComplete('kube-apiserver', '--$(FLAG)=false')).to.equal(false);
    });

    it('not where a shell puts in more', () => {
      expect(isComplete('sh', '-c', 'exec kube-apiserver --profiling=false $EXTRA', '--', '--v=2')).to.equal(false);
      expect(isComplete('sh', '-c', 'exec kube-apiserver "$@"')).to.equal(false);
      expect(isComplete('sh', '-c', 'exec kube-apiserver $(cat /etc/flags)')).to.equal(false);
    });

    it('not where the program is named more than once', () => {
      expect(isComplete('sh', '-c', 'kube-apiserver --version && exec kube-apiserver --profiling=false')).to.equal(
        false,
      );
    });
  });
});
