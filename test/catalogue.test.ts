/** Every rule has all that belongs to it, and every printed file is what would be printed now. */
import { cp, mkdir, mkdtemp, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect } from 'chai';

import { findCatalogueProblems, findStaleProblems } from '../src/generate/catalogue.ts';
import type { GeneratedFile } from '../src/generate/generated-file.ts';
import { buildGeneratedFiles } from '../src/generate/generated-files.ts';
import { listRuleSources } from '../src/generate/rule-source.ts';

const root = join(import.meta.dirname, '..');

describe('the catalogue', () => {
  it('every rule has its metadata, its examples, its test and its page, under its own name', async () => {
    expect(await findCatalogueProblems(root)).to.deep.equal([]);
  });

  it('every generated file is up to date', async function () {
    // Some hundred pages are laid out.
    this.timeout(60_000);
    expect(await findStaleProblems(root, await buildGeneratedFiles(root))).to.deep.equal([]);
  });

  it('there are rules to look at', async () => {
    expect((await listRuleSources(root)).map(({ id }) => id)).to.include.members([
      'pod-privileged',
      'rbac-impersonate-any',
    ]);
  });
});

describe('the check of the catalogue', () => {
  const rulePath = 'src/rules/pod/privileged.ts';
  const testPath = 'test/rules/pod/privileged.test.ts';
  const pagePath = 'docs/rules/pod-privileged.md';
  let good = '';
  let goodFiles: readonly GeneratedFile[] = [];
  /** A new one for each test: Node loads a rule's file once. */
  let copy = '';

  before('a repository of one rule, in good order', async () => {
    good = await mkdtemp(join(tmpdir(), 'merlon-catalogue-'));
    for (const path of [
      'package.json',
      'config',
      'src/api',
      'src/core',
      'src/enforcement/plan/cel.ts',
      'src/pod-security',
      'src/rules/lib',
      rulePath,
      testPath,
    ]) {
      await cp(join(root, path), join(good, path), { recursive: true });
    }
    goodFiles = await buildGeneratedFiles(good);
    for (const { path, content } of goodFiles) {
      await mkdir(dirname(join(good, path)), { recursive: true });
      await writeFile(join(good, path), content);
    }
  });
  after(async () => {
    await rm(good, { recursive: true });
  });
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'merlon-catalogue-'));
    await cp(good, copy, { recursive: true });
  });
  afterEach(async () => {
    await rm(copy, { recursive: true });
  });

  const edit = async (path: string, from: string | RegExp, to: string): Promise<void> => {
    const text = await readFile(join(copy, path), 'utf8');
    const edited = text.replace(from, to);
    expect(edited, `${path} has nothing to edit`).not.to.equal(text);
    await writeFile(join(copy, path), edited);
  };

  interface Row {
    readonly name: string;
    readonly damage: () => Promise<void>;
    readonly problems: readonly string[];
  }
  const rows: readonly Row[] = [
    { name: 'finds nothing in good order', damage: () => Promise.resolve(), problems: [] },
    {
      name: 'names a missing test',
      damage: () => unlink(join(copy, testPath)),
      problems: [`${testPath} is missing`],
    },
    {
      name: 'names a test that tests something else',
      damage: () => edit(testPath, 'testRule(privileged', 'testRule(other'),
      problems: [`${testPath}: must test the rule with testRule(privileged, …)`],
    },
    {
      name: 'names a missing page',
      damage: () => unlink(join(copy, pagePath)),
      problems: [`${pagePath} is missing: run "make generate"`, `${pagePath} is missing: run "make generate"`],
    },
    {
      name: 'names a rule whose id is not its path',
      damage: () => rename(join(copy, rulePath), join(copy, 'src/rules/pod/mighty.ts')),
      problems: [
        `${testPath}: tests no rule`,
        'test/rules/pod/mighty.test.ts is missing',
        'docs/rules/pod-mighty.md is missing: run "make generate"',
        'src/rules/pod/mighty.ts must export the rule as "mighty"',
      ],
    },
    {
      name: 'names a wrong id',
      damage: () => edit(rulePath, `id: 'pod-privileged'`, `id: 'pod-mighty'`),
      problems: [
        `${rulePath}: its id is "pod-mighty", and its path says "pod-privileged"`,
        `${pagePath} is out of date: run "make generate"`,
      ],
    },
    {
      name: 'names missing metadata',
      damage: async () => {
        await edit(rulePath, /controls: .*/, 'controls: [],');
        await edit(rulePath, /title: .*/, `title: '',`);
      },
      problems: [
        `${rulePath}: its title must be a sentence without a full stop`,
        `${rulePath}: its controls must name an item of a published standard, such as "cis-1.12/5.2.2"`,
        'docs/rules/README.md is out of date: run "make generate"',
        `${pagePath} is out of date: run "make generate"`,
      ],
    },
    {
      name: 'names a rule about the API server that does not say what repairs it',
      damage: () => edit(rulePath, `subject: 'Workload'`, `subject: 'APIServer'`),
      problems: [
        `${rulePath}: its repair must say which flags or which file put it right, or how it is done on each of kubeadm, k3s, talos, kops, managed (own)`,
        `${pagePath} is out of date: run "make generate"`,
      ],
    },
    {
      name: 'names a missing example',
      damage: () => edit(rulePath, /passes: `[^`]*`/, 'passes: ``'),
      problems: [`${rulePath}: its example.passes is missing`, `${pagePath} is out of date: run "make generate"`],
    },
    {
      name: 'names a header without a source',
      damage: () => edit(rulePath, 'Source:', 'See'),
      problems: [`${rulePath}: its header must name its "Source: …"`],
    },
    {
      name: 'names what a template has left behind',
      damage: () => edit(testPath, 'a privileged container fails', 'TODO'),
      problems: [`${testPath}: still says TODO`],
    },
    {
      name: 'names a folder that is no folder of rules',
      damage: () => mkdir(join(copy, 'src/rules/pods')),
      problems: [
        'src/rules/pods: rules are in pod, service-account, rbac, namespace, psp, api-server, webhook, api-service, exemption',
      ],
    },
    {
      name: 'names a generated file that somebody edited, and one that nobody prints any more',
      damage: async () => {
        await edit('crds/merlon.dev_securitypostures.yaml', 'secpos', 'sp');
        await writeFile(join(copy, 'docs/rules/pod-gone.md'), '');
      },
      problems: [
        'crds/merlon.dev_securitypostures.yaml is out of date: run "make generate"',
        'docs/rules/pod-gone.md is not generated any more: run "make generate"',
      ],
    },
  ];
  for (const { name, damage, problems } of rows) {
    it(name, async () => {
      await damage();
      const found = await findCatalogueProblems(copy);
      // A rule that cannot be loaded cannot be printed.
      const stale = await findStaleProblems(copy, await buildGeneratedFiles(copy).catch(() => goodFiles));
      expect([...found, ...stale]).to.deep.equal(problems);
    });
  }
});
