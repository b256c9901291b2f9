/**
 * What peers make of hostile input (an empty folder that passes, a broken file that hides the others, YAML that is no
 * Kubernetes and "completes with 0 vulnerabilities"), row by row: `merlon scan` names file and line, goes on with the rest,
 * and ends with a code of its own.
 */
import { expect } from 'chai';

import type { PostureReport } from '../../src/report/posture-report.ts';
import { broken, hardened, privileged } from './pod-manifests.ts';
import { failuresOf, useScanFolder } from './scan-folder.ts';

const rollout = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec: {template: {spec: {hostPID: true, containers: [{name: a}]}}}
`;
const compose = 'services:\n  web:\n    image: nginx\n    privileged: true\n';

describe('merlon scan of hostile input', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  const scan = (args: readonly string[], stdin?: string) => folder().run(['scan', '-o', 'json', ...args], stdin);

  interface Row {
    readonly sentence: string;
    readonly files: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
    readonly code: number;
    readonly stderr: RegExp;
    /** How many objects were judged all the same. */
    readonly subjects: number;
  }
  const rows: readonly Row[] = [
    {
      sentence: 'an empty folder is no pass',
      files: { 'README.txt': '' },
      code: 3,
      stderr: /^nothing to judge in \.: no object of a kind that a rule is about\n$/,
      subjects: 0,
    },
    {
      sentence: 'an empty file is no pass',
      files: { 'a.yaml': '' },
      code: 3,
      stderr: /^nothing to judge in \./,
      subjects: 0,
    },
    {
      sentence: 'a file of comments is no pass',
      files: { 'a.yaml': '# soon\n---\n# sooner\n' },
      code: 3,
      stderr: /^nothing to judge in \./,
      subjects: 0,
    },
    {
      sentence: 'nested folders full of manifests are read to the bottom',
      files: {
        'a/b/c/d.yaml': hardened('a'),
        'a/e/f.json':
          '{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"x"},"automountServiceAccountToken":false}',
      },
      code: 0,
      stderr: /^$/,
      subjects: 2,
    },
    {
      sentence: 'YAML that does not parse is named with file and line',
      files: { 'a.yaml': broken },
      code: 3,
      stderr: /^a\.yaml:[23]: .+\nnothing to judge in \./,
      subjects: 0,
    },
    {
      sentence: 'YAML that is no Kubernetes is named with file and line',
      files: { 'docker-compose.yaml': compose },
      code: 3,
      stderr: /^docker-compose\.yaml:1: has no "kind", so it is no Kubernetes object\n/,
      subjects: 0,
    },
    {
      sentence: 'good files are judged beside one that does not parse',
      files: { 'a.yaml': hardened('a'), 'b.yaml': broken, 'c.yaml': hardened('c') },
      code: 3,
      stderr: /^b\.yaml:[23]: .+\n$/,
      subjects: 2,
    },
    {
      sentence: 'good documents are judged beside one that does not parse',
      files: { 'a.yaml': `${hardened('a')}---\n${broken}---\n${hardened('c')}` },
      code: 3,
      stderr: /^a\.yaml:(19|20): .+\n$/,
      subjects: 2,
    },
    {
      sentence: 'good files are judged beside one that is no Kubernetes',
      files: { 'a.yaml': hardened('a'), 'b.yaml': compose },
      code: 3,
      stderr: /^b\.yaml:1: has no "kind"/,
      subjects: 1,
    },
    {
      sentence: 'a text that is no object is named',
      files: { 'a.yaml': 'just a text\n', 'b.json': '[1, 2]' },
      code: 3,
      stderr: /^a\.yaml:1: is a string, not a Kubernetes object\nb\.json:1: is a list, not a Kubernetes object\n/,
      subjects: 0,
    },
    {
      sentence: 'a key that is given twice is named',
      files: { 'a.yaml': hardened('a').replace('    image:', '    name: b\n    image:') },
      code: 3,
      stderr: /^a\.yaml:9: key "name" is given twice\n/,
      subjects: 0,
    },
    {
      sentence: 'a kind with a letter of the wrong size is named',
      files: { 'a.yaml': hardened('a').replace('kind: Pod', 'kind: pod') },
      code: 3,
      stderr: /^a\.yaml:1: Kubernetes knows no pod in "v1"; write kind Pod and apiVersion v1\n/,
      subjects: 0,
    },
    {
      sentence: 'an object without a name is named',
      files: { 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {a: b}\nspec: {}\n' },
      code: 3,
      stderr: /^a\.yaml:3: Pod has no name: /,
      subjects: 0,
    },
    {
      sentence: 'a Helm template is named, with what to do',
      files: { 'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n' },
      code: 3,
      stderr: /^a\.yaml:4: .*looks like a Helm template; render it first: /,
      subjects: 0,
    },
    {
      sentence: 'collections that nest deeper than any object are named',
      files: {
        'a.yaml': `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: ${'['.repeat(5000)}${']'.repeat(5000)}\n`,
      },
      code: 3,
      stderr: /^a\.yaml:5: nesting exceeded maxDepth \(1000\).*\n/,
      subjects: 0,
    },
    {
      sentence: 'annotations of a megabyte are of no matter',
      files: {
        'a.yaml': hardened('a').replace(
          'namespace: shop',
          `namespace: shop, annotations: {a: "${'x'.repeat(1_000_000)}"}`,
        ),
      },
      code: 0,
      stderr: /^$/,
      subjects: 1,
    },
    {
      sentence: 'what makes pods in a way that Merlon does not read is told apart from what passes',
      files: { 'a.yaml': rollout },
      code: 0,
      stderr:
        /^not judged, though they hold pod templates: 1 Rollout \(argoproj\.io\/v1alpha1\)\nnothing to judge in \./,
      subjects: 0,
    },
  ];
  for (const { sentence, files, args = ['.'], code, stderr, subjects } of rows) {
    it(sentence, async () => {
      await folder().write(files);
      const result = await scan(args);
      expect(result.stderr).to.match(stderr);
      expect(result.code).to.equal(code);
      expect((JSON.parse(result.stdout) as PostureReport).summary.subjects).to.equal(subjects);
    });
  }

  interface Undecided {
    readonly sentence: string;
    readonly text: string;
    /** Of one rule, as `path:line message`. */
    readonly finding: string;
  }
  const undecided: readonly Undecided[] = [
    {
      sentence: 'a pod without a spec',
      text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
      finding: 'spec -:1 field "spec" must be present, found nothing',
    },
    {
      sentence: 'a pod without containers',
      text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: []\n',
      finding: 'spec.containers -:5 field "spec.containers" must be present, found an empty list',
    },
    {
      sentence: 'a Deployment without a template',
      text: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 1}\n',
      finding: 'spec.template -:4 field "spec.template" must be present, found nothing',
    },
    {
      sentence: 'a container that is a text',
      text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - nginx\n',
      finding: 'spec.containers[0] -:6 field "spec.containers[0]" must be an object, found the string "nginx"',
    },
    {
      sentence: 'a truth in quotation marks',
      text: hardened('a').replace('allowPrivilegeEscalation: false', 'privileged: "false"'),
      finding:
        'spec.containers[0].securityContext.privileged -:11 field "spec.containers[0].securityContext.privileged" must be a boolean, found the string "false"',
    },
  ];
  for (const { sentence, text, finding } of undecided) {
    it(`is undecided, never a pass, on ${sentence}`, async () => {
      const { stdout } = await scan(['-'], text);
      const { findings } = JSON.parse(stdout) as PostureReport;
      const [found] = findings.filter(({ rule }) => rule === 'pod-privileged');
      expect(found?.outcome).to.equal('unknown');
      const place = `${found?.source?.path ?? ''}:${found?.source?.line ?? 0}`;
      expect(`${found?.violations[0]?.path ?? ''} ${place} ${found?.message ?? ''}`).to.equal(finding);
    });
  }

  it('judges 10,000 containers, each in its place', async () => {
    const containers = Array.from(
      { length: 10_000 },
      (_, index) => `  - {name: c${index}, securityContext: {privileged: true}}\n`,
    );
    const { code, stdout } = await scan(
      ['-'],
      `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n${containers.join('')}`,
    );
    expect(code).to.equal(1);
    const found = (JSON.parse(stdout) as PostureReport).findings.find(({ rule }) => rule === 'pod-privileged');
    expect(found?.violations).to.have.length(10_000);
    expect(found?.violations[9999]?.path).to.equal('spec.containers[9999].securityContext.privileged');
    expect(found?.message).to.contain('(and 9999 more)');
  });

  it('tells in JSON what it did not judge, and whether it makes pods', async () => {
    await folder().write({
      'a.yaml': `${rollout}---\n${rollout}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n`,
      'b.yaml': hardened('b'),
    });
    const { code, stdout } = await scan(['.']);
    expect(code).to.equal(0);
    expect((JSON.parse(stdout) as PostureReport).summary.notJudged).to.deep.equal([
      { apiVersion: 'v1', kind: 'ConfigMap', count: 1, holdsPodTemplate: false },
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', count: 2, holdsPodTemplate: true },
    ]);
    const { stdout: table } = await folder().run(['scan', '.']);
    expect(table).to.match(/^nothing found in what could be read; .*; 1 objects judged, 2 with pod templates not\n$/);
  });

  it('takes names of any letters for what they are', async () => {
    const names = ['\u0000', 'a\u202eb', '\ud83d\ude80', '__proto__', '../../etc/passwd', 'constructor'];
    const pods = names.map((name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: name },
      spec: { hostPID: true },
    }));
    const { code, stdout } = await scan(['-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods }));
    expect(code).to.equal(1);
    const found = failuresOf(stdout).filter((failure) => failure.startsWith('pod-host-namespaces'));
    expect(found.toSorted()).to.deep.equal(names.map((name) => `pod-host-namespaces ${name} -:1`).toSorted());
  });

  it('stays with its own memory of what it was given: a privileged pod after anything', async () => {
    await folder().write({ 'a.yaml': `${compose}---\n${broken}---\n${rollout}---\n${privileged}` });
    const { code, stdout } = await scan(['.']);
    expect(code).to.equal(3);
    expect(failuresOf(stdout)).to.include('pod-privileged bad a.yaml:24');
  });
});
