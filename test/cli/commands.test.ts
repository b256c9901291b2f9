/** What the command line says of itself, and how it takes what it does not understand. */
import { expect } from 'chai';

import { rules } from '../../src/rules/index.ts';
import { version } from '../../src/version.ts';
import { runMerlon } from './merlon-process.ts';

describe('merlon', function () {
  this.timeout(30_000);

  it('tells its version', async () => {
    expect(await runMerlon(['version'])).to.include({ code: 0, stdout: `merlon ${version}\n`, stderr: '' });
    expect(await runMerlon(['--version'])).to.include({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints its help as data', async () => {
    const { code, stdout, stderr } = await runMerlon(['--help']);
    expect([code, stderr]).to.deep.equal([0, '']);
    const commands = [
      'scan',
      'fix',
      'pod-security',
      'api-server',
      'enforce',
      'can-i',
      'who-can',
      'permissions',
      'exempt',
      'baseline',
      'rules',
      'explain',
      'status',
      'uninstall',
      'version',
    ];
    for (const command of commands) expect(stdout).to.contain(`\n  ${command} `);
  });

  it('says in the help of scan what the exit codes mean', async () => {
    const { code, stdout } = await runMerlon(['scan', '--help']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/Exit codes: 0 clean; 1 .*; 2 usage; 3 .*;\n4 incomplete/);
  });

  it('says in the help of fix what the exit codes mean, of files and of a cluster', async () => {
    const { code, stdout } = await runMerlon(['fix', '--help']);
    expect(code).to.equal(0);
    expect(stdout.replaceAll(/\s+/g, ' '))
      .to.match(/Exit codes: 0 nothing to fix, or all was written; 1 .*; 2 usage; 3 .*; 4 incomplete/)
      .and.to.match(/Exit codes: 0 nothing to fix, or all was patched; 1 .*; 2 usage; 3 .*; 4 incomplete/);
  });

  it('says in the help of pod-security what the exit codes mean, and what an unknown is', async () => {
    const { code, stdout } = await runMerlon(['pod-security', '--help']);
    expect(code).to.equal(0);
    expect(stdout.replaceAll(/\s+/g, ' '))
      .to.match(/Exit codes: 0 every pod is allowed; 1 .*; 2 usage; 3 .*; 4 /)
      .and.to.contain('is unknown, never allowed: in JSON it has an "error"');
  });

  it('says in the help of can-i what the exit codes mean, and that a batch adds no groups', async () => {
    const { code, stdout } = await runMerlon(['can-i', '--help']);
    expect(code).to.equal(0);
    expect(stdout.replaceAll(/\s+/g, ' '))
      .to.match(/Exit codes: 0 yes; 1 no; 2 usage; 3 .*; 4 unknown/)
      .and.to.contain('those of service accounts, and system:authenticated, are not added');
  });

  it('lists every rule', async () => {
    const { code, stdout, stderr } = await runMerlon(['rules']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
    ).to.deep.equal(rules.map(({ id }) => id));
    const json = JSON.parse((await runMerlon(['rules', '-o', 'json'])).stdout) as readonly { readonly id: string }[];
    expect(json.map(({ id }) => id)).to.deep.equal(rules.map(({ id }) => id));
  });

  it('explains a rule', async () => {
    const { code, stdout, stderr } = await runMerlon(['explain', 'pod-privileged']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/^pod-privileged: .+\n\nSeverity {4}critical: .+\nIn force /);
  });

  const refused: readonly (readonly [sentence: string, args: readonly string[], stderr: RegExp])[] = [
    ['no command', [], /^Usage: merlon /],
    ['a command that does not exist', ['bogus'], /^error: unknown command 'bogus'\n/],
    [
      'an option that does not exist',
      ['scan', '--clustr'],
      /^error: unknown option '--clustr'\n\(Did you mean --cluster\?\)/,
    ],
    ['nothing to scan', ['scan'], /^error: nothing to scan: /],
    [
      'a format that does not exist',
      ['scan', '-o', 'yaml', '-'],
      /^error: .*'yaml' is invalid\. Allowed choices are table, json\.\n/,
    ],
    [
      'a severity that does not exist',
      ['scan', '--fail-on', 'bad', '-'],
      /^error: .*'bad' is invalid\. Allowed choices are critical, /,
    ],
    [
      'a rule that does not exist',
      ['explain', 'pod-privilegd'],
      /^error: there is no rule "pod-privilegd" \(did you mean "pod-privileged" or "psp-privileged"\?\); "merlon rules" lists them\n/,
    ],
    [
      'an age that is none',
      ['status', '--max-age', '0'],
      /^error: .*'0' is invalid\. it must be a number of seconds above 0, up to 604800 \(a week\)\.\n/,
    ],
    [
      'a kubeconfig that does not exist',
      ['scan', '--cluster', '--kubeconfig', '/nonexistent/k'],
      /^error: kubeconfig "\/nonexistent\/k" does not exist; check --kubeconfig\n$/,
    ],
    [
      'no kubeconfig at all',
      ['scan', '--cluster'],
      /^error: no kubeconfig found at "\/nonexistent\/\.kube\/config"; set KUBECONFIG or use --kubeconfig\n$/,
    ],
    [
      'an uninstallation that nobody can confirm',
      ['uninstall', '--kubeconfig', '/nonexistent/k'],
      /^nobody is there to confirm it: see with --dry-run what would go, then give --yes\n$/,
    ],
    [
      'repairs of which becomes what there is not',
      ['uninstall', '--repairs', 'drop'],
      /^error: .*'drop' is invalid\. Allowed choices are keep, revert\.\n/,
    ],
    [
      'an uninstallation from a namespace without a name',
      ['uninstall', '-n', ''],
      /^error: --namespace needs a name\n/,
    ],
    ['a status without a kubeconfig', ['status'], /^error: no kubeconfig found at /],
  ];
  for (const [sentence, args, wanted] of refused) {
    it(`exits with 2 for ${sentence}`, async () => {
      const { code, stdout, stderr } = await runMerlon(args);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(wanted);
    });
  }
});
