import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadCredentialPlugin } from '../../src/kube/client-node-auth.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { ConfigError } from '../../src/kube/config-error.ts';
import { readKubeconfig } from '../../src/kube/kubeconfig.ts';
import type { KubeconfigOptions } from '../../src/kube/kubeconfig.ts';
import { errorOf } from './error-of.ts';

const pem = Buffer.from('PEM').toString('base64');

describe('A kubeconfig', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-kubeconfig-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  function read(options: Partial<KubeconfigOptions>): Promise<ClusterConfig> {
    return readKubeconfig({ environment: {}, homeFolder: folder, ...options });
  }

  /** A file with one cluster, user and context, whose fields are given as lines of YAML. */
  function kubeconfig(cluster: string, user: string, context = ''): string {
    return `
current-context: c
contexts: [{name: c, context: {cluster: k, user: u${context}}}]
clusters: [{name: k, cluster: {server: "https://a.example:6443"${cluster}}}]
users: [{name: u, user: {${user}}}]
`;
  }

  describe('gives', () => {
    it('a token', async () => {
      const path = await write('config', kubeconfig('', 'token: t'));
      expect(await read({ path })).to.deep.equal({
        origin: `kubeconfig "${path}", context "c"`,
        server: 'https://a.example:6443',
        isInsecure: false,
        namespace: 'default',
        credentials: [{ kind: 'token', token: { text: 't' } }],
      });
    });

    it('the file of a token before a token, relative to itself', async () => {
      const path = await write('config', kubeconfig('', 'token: t, tokenFile: secrets/token'));
      expect((await read({ path })).credentials).to.deep.equal([
        { kind: 'token', token: { file: join(folder, 'secrets/token') } },
      ]);
    });

    it('a client certificate in place, and one in files; data counts first', async () => {
      const inPlace = `client-certificate-data: ${pem}, client-certificate: ignored, client-key: tls.key`;
      const path = await write('config', kubeconfig('', inPlace));
      expect((await read({ path })).credentials).to.deep.equal([
        { kind: 'client-certificate', certificate: { text: 'PEM' }, key: { file: join(folder, 'tls.key') } },
      ]);
    });

    it('certificate and token together', async () => {
      const path = await write('config', kubeconfig('', 'token: t, client-certificate: /c, client-key: /k'));
      expect((await read({ path })).credentials.map(({ kind }) => kind)).to.deep.equal(['client-certificate', 'token']);
    });

    it('user name and password', async () => {
      const path = await write('config', kubeconfig('', 'username: a, password: b'));
      expect((await read({ path })).credentials).to.deep.equal([{ kind: 'basic', username: 'a', password: 'b' }]);
    });

    it('authority, server name, proxy and namespace', async () => {
      const cluster = ', certificate-authority: ca.crt, tls-server-name: api, proxy-url: "http://p:1"';
      const path = await write('config', kubeconfig(cluster, '', ', namespace: shop'));
      expect(await read({ path })).to.deep.include({
        certificateAuthority: { file: join(folder, 'ca.crt') },
        serverName: 'api',
        proxyUrl: 'http://p:1',
        namespace: 'shop',
        credentials: [],
      });
    });

    it('a server that is not checked', async () => {
      const path = await write('config', kubeconfig(', insecure-skip-tls-verify: true', ''));
      expect(await read({ path })).to.deep.include({ isInsecure: true });
    });

    it('whom to act for', async () => {
      const user = 'as: jane, as-uid: "7", as-groups: [a, b], as-user-extra: {scope: [x]}';
      const path = await write('config', kubeconfig('', user));
      expect((await read({ path })).impersonation).to.deep.equal({
        user: 'jane',
        uid: '7',
        groups: ['a', 'b'],
        extra: { scope: ['x'] },
      });
    });

    it('no credentials for a server without TLS', async () => {
      const path = await write('config', kubeconfig('', 'token: t').replace('https:', 'http:'));
      expect((await read({ path })).credentials).to.deep.equal([]);
    });

    it('JSON as well', async () => {
      const json = {
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'k' } }],
        clusters: [{ name: 'k', cluster: { server: 'https://a.example' } }],
      };
      const path = await write('config', JSON.stringify(json));
      expect(await read({ path })).to.deep.include({ server: 'https://a.example', credentials: [] });
    });
  });

  describe('is found', () => {
    it('in the home folder', async () => {
      await mkdir(join(folder, '.kube'));
      await write('.kube/config', kubeconfig('', 'token: t'));
      expect((await read({})).server).to.equal('https://a.example:6443');
    });

    it('by the list in KUBECONFIG, where missing files are stepped over', async () => {
      const path = await write('config', kubeconfig('', 'token: t'));
      const config = await read({ environment: { KUBECONFIG: `${join(folder, 'missing')}::${path}` } });
      expect(config.origin).to.equal(`kubeconfig "${path}", context "c"`);
    });

    it('merged: the first file that has an entry counts, with all of it', async () => {
      const first = await write(
        'first',
        'current-context: ""\nclusters: [{name: k, cluster: {server: "https://first.example"}}]',
      );
      const second = await write('second', kubeconfig(', tls-server-name: lost', 'token: second'));
      const third = await write('third', 'current-context: other\nusers: [{name: u, user: {token: third}}]');
      const config = await read({ environment: { KUBECONFIG: [first, second, third].join(':') } });
      expect(config).to.deep.include({
        server: 'https://first.example',
        credentials: [{ kind: 'token', token: { text: 'second' } }],
      });
      expect(config).to.not.have.property('serverName');
    });

    it('with another context than the current one', async () => {
      const more = '{name: d, context: {cluster: k, namespace: d}}, ';
      const path = await write('config', kubeconfig('', 'token: t').replace('contexts: [', `contexts: [${more}`));
      expect(await read({ path, context: 'd' })).to.deep.include({ namespace: 'd', credentials: [] });
    });
  });

  describe('is refused, with a word on what to do:', () => {
    const rows = [
      { name: 'no current context', text: 'contexts: [{name: c}]', says: 'choose one of "c" with --context' },
      { name: 'no contexts at all', text: '', says: 'choose one of none with --context' },
      {
        name: 'an unknown context',
        text: 'current-context: x\ncontexts: [{name: c}]',
        says: 'no context "x"; it has "c"',
      },
      {
        name: 'an unknown cluster',
        text: 'current-context: c\ncontexts: [{name: c, context: {cluster: k}}]',
        says: 'names cluster "k", which is not there',
      },
      {
        name: 'an unknown user',
        text: kubeconfig('', '').replace('name: u,', 'name: v,'),
        says: 'names user "u", which is not there',
      },
      {
        name: 'a server that is no address',
        text: kubeconfig('', '').replace('https://', ''),
        says: '"server" must be',
      },
      {
        name: 'a check that is both on and off',
        text: kubeconfig(', insecure-skip-tls-verify: true, certificate-authority: x', ''),
        says: 'leave out "insecure-skip-tls-verify" or the certificate authority',
      },
      { name: 'a certificate without its key', text: kubeconfig('', 'client-certificate: x'), says: 'needs its key' },
      { name: 'a token that is no string', text: kubeconfig('', 'token: 123'), says: '"token" must be a string' },
      { name: 'a flag in words', text: kubeconfig(', insecure-skip-tls-verify: maybe', ''), says: 'true or false' },
      { name: 'data that is no base64', text: kubeconfig('', 'client-key-data: "%"'), says: 'must be base64' },
      {
        name: 'two entries of one name',
        text: 'users: [{name: u}, {name: u}]',
        says: '"users" has two items named "u"',
      },
      { name: 'an entry without a name', text: 'users: [{user: {}}]', says: 'every item of "users" needs a "name"' },
      { name: 'entries that are no list', text: 'users: {}', says: '"users" must be a list' },
      { name: 'text that is no mapping', text: '- a', says: 'holds no mapping' },
      {
        name: 'a plug-in where none is supported',
        text: kubeconfig('', 'exec: {command: login}'),
        says: 'credentials from a plug-in, which is not supported here',
      },
    ] as const;
    for (const { name, text, says } of rows) {
      it(name, async () => {
        const path = await write('config', text);
        const error = await errorOf(read({ path }));
        expect(error).to.be.instanceOf(ConfigError);
        expect(error.message).to.include(says).and.include(path);
      });
    }

    it('YAML that does not parse, without showing what is in it', async () => {
      const path = await write('config', 'users:\n- name: u\n  user: {token: "secret\n');
      const { message } = await errorOf(read({ path }));
      expect(message).to.match(/is no YAML \(line \d+\)$/);
      expect(message).to.not.include('secret');
    });

    it('a file that was named and is not there', async () => {
      const path = join(folder, 'missing');
      expect((await errorOf(read({ path }))).message).to.equal(
        `kubeconfig "${path}" does not exist; check --kubeconfig`,
      );
    });

    it('none at all', async () => {
      expect((await errorOf(read({}))).message).to.include('set KUBECONFIG or use --kubeconfig');
    });
  });

  describe('with an exec plug-in', () => {
    /** Prints a credential with the number of times that it was run. */
    const program = `#!/bin/sh
echo x >> "$0.runs"
runs=$(wc -l < "$0.runs" | tr -d ' ')
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"run-'$runs'"}}'
`;

    it('runs it, relative to the file, keeps its answer, and runs it again when that was refused', async () => {
      await mkdir(join(folder, 'bin'));
      const command = join(folder, 'bin/login');
      await writeFile(command, program, { mode: 0o755 });
      const exec = 'exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, interactiveMode: Never}';
      const path = await write('config', kubeconfig('', exec));
      const { credentials } = await read({ path, loadPlugin: loadCredentialPlugin });
      const plugin = credentials[0]?.kind === 'plugin' ? credentials[0].plugin : undefined;
      expect(await plugin?.read()).to.deep.equal({ authorization: 'Bearer run-1' });
      expect(await plugin?.read()).to.deep.equal({ authorization: 'Bearer run-1' });
      plugin?.invalidate();
      expect(await plugin?.read()).to.deep.equal({ authorization: 'Bearer run-2' });
    }).timeout(20_000);

    it('does not run it where the file has a token', async () => {
      const path = await write('config', kubeconfig('', 'token: t, exec: {command: login}'));
      expect((await read({ path })).credentials.map(({ kind }) => kind)).to.deep.equal(['token']);
    });
  });
});
