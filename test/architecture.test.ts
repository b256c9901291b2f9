/**
 * Imports point inwards (docs/architecture.md, section 4). What follows is that picture as a table; a file that is in no
 * row fails too, so that nobody builds a new room without saying where it stands.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { findCircles } from './circles.ts';
import { parseSourceFile } from './source-file.ts';
import type { Import, SourceFile } from './source-file.ts';

interface Layer {
  /** Files and folders of src that it may import besides itself. */
  readonly imports: readonly string[];
  /** Knows no clock, chance, environment, client, file or logger but those that it is given. */
  readonly isPure?: true;
  /** Modules from outside, with the names that are harmless in a pure file. */
  readonly modules?: Readonly<Record<string, readonly string[]>>;
}

const inner = ['api', 'core', 'rbac', 'pod-security'];
const pureModules = {
  'node:util': ['isDeepStrictEqual', 'inspect'],
  'node:crypto': ['hash', 'createHash', 'X509Certificate'],
};
const pure = { isPure: true, modules: pureModules } as const;

const layers: Readonly<Record<string, Layer>> = {
  api: { ...pure, imports: [] },
  core: { ...pure, imports: ['api'] },
  rbac: { ...pure, imports: ['api', 'core', 'pod-security'] },
  psp: { ...pure, imports: ['core', 'pod-security', 'rbac'] },
  'pod-security': { ...pure, imports: ['api', 'core'] },
  // A rule knows the policies that Merlon prints when it sees them.
  rules: { ...pure, imports: [...inner, 'psp', 'enforcement/plan'] },
  controller: { ...pure, imports: [...inner, 'remediation', 'enforcement/plan'] },
  report: { ...pure, imports: [...inner, 'psp', 'remediation', 'enforcement/plan'] },
  'enforcement/plan': { ...pure, imports: inner },

  evidence: { imports: inner },
  kube: { imports: [...inner, 'controller', 'evidence', 'remediation', 'version.ts'] },
  // From a finding to what is written, and all that speaks against it.
  remediation: { ...pure, imports: inner },
  // What of a cluster is Merlon's, and in which order it goes.
  'uninstall/plan': { ...pure, imports: [...inner, 'enforcement/plan', 'remediation'] },
  'uninstall/apply': { imports: [...inner, 'kube', 'remediation', 'uninstall/plan'] },
  'enforcement/apply': { imports: [...inner, 'kube', 'enforcement/plan'] },
  server: { imports: [...inner, 'controller', 'report', 'options.ts'] },
  scan: { imports: [...inner, 'controller', 'evidence', 'kube', 'psp'] },
  // From a patch to the text that it makes of a manifest.
  'manifest-edit': {
    isPure: true,
    modules: {
      ...pureModules,
      'js-yaml': ['COLLECTION_STYLE', 'EVENT_ID', 'SCALAR_STYLE', 'Event', 'MappingEvent', 'ScalarEvent'].concat(
        'SequenceEvent',
      ),
    },
    imports: [...inner, 'remediation', 'scan'],
  },
  cli: {
    imports: [...inner, 'evidence', 'kube', 'manifest-edit', 'psp', 'remediation', 'report', 'rules', 'scan'].concat(
      'enforcement/plan',
      'uninstall',
      'version.ts',
    ),
  },

  'options.ts': { imports: ['api', 'core', 'cli', 'evidence', 'remediation', 'version.ts'] },
  'version.ts': { ...pure, imports: [] },
  'main.ts': {
    imports: [...inner, 'rules', 'controller', 'evidence', 'kube', 'remediation', 'enforcement', 'server'].concat(
      'options.ts',
      'optimisation.ts',
      'version.ts',
    ),
  },
  'cli.ts': { imports: ['report', 'cli', 'version.ts'] },
  // What starts the program is there before anything of it is read.
  'start.ts': { imports: ['compiled-program.ts', 'match-code-caches.ts', 'optimisation.ts'] },
  'compiled-program.ts': { imports: [] },
  'match-code-caches.ts': { imports: [] },
  'optimisation.ts': { imports: [] },
  // Prints files; nothing that is shipped imports it. Of evidence, what facts are made of: pages print it.
  generate: {
    imports: ['api', 'core', 'rbac', 'enforcement/plan', 'evidence', 'rules', 'compiled-program.ts'].concat(
      'match-code-caches.ts',
    ),
  },
};

const root = join(import.meta.dirname, '..');

/** @returns one sentence per forbidden arrow or worldly name, beginning with the file's path */
function findArrows(file: SourceFile): string[] {
  const name = layerOf(file.path);
  const layer = name === undefined ? undefined : layers[name];
  if (name === undefined || layer === undefined) return [`${file.path} is in no layer of test/architecture.test.ts`];
  const { imports, isPure, modules } = layer;
  const arrows = file.imports.flatMap((imported): string[] => {
    if (imported.target === 'package.json') return [];
    if (!imported.target.startsWith('src/')) {
      const worldly = isPure === true ? findWorldlyImports(imported, modules ?? {}) : [];
      return worldly.map((word) => `${file.path} is pure and imports ${word} of ${imported.target}`);
    }
    const target = layerOf(imported.target);
    const isAllowed = target !== undefined && (target === name || imports.some((prefix) => isWithin(target, prefix)));
    return isAllowed ? [] : [`${file.path} imports ${imported.target}`];
  });
  const worldly = isPure === true ? file.worldlyNames : [];
  return [...arrows, ...worldly.map((word) => `${file.path} is pure and uses ${word}`)];
}

function layerOf(path: string): string | undefined {
  const inSource = path.replace(/^src\//, '');
  return Object.keys(layers).find(
    (layer) => inSource === layer || isWithin(inSource, layer) || inSource === `${layer}.ts`,
  );
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function findWorldlyImports({ target, names }: Import, harmless: NonNullable<Layer['modules']>): readonly string[] {
  return names.filter((name) => harmless[target]?.includes(name) !== true);
}

function readSource(): SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => parseSourceFile(`src/${name}`, readFileSync(join(root, 'src', name), 'utf8')));
}

describe('the architecture', () => {
  const files = readSource();

  it('imports point inwards, and what is pure knows nothing of the world', () => {
    expect(files.flatMap(findArrows)).to.deep.equal([]);
  });

  it('no files import each other in a circle, not even for types', () => {
    expect(findCircles(files)).to.deep.equal([]);
  });

  it('@kubernetes/client-node is behind one module, which is only imported lazily', () => {
    const importers = files.filter(({ imports }) => imports.some(({ target }) => target === '@kubernetes/client-node'));
    expect(importers).to.have.length(1);
    const path = importers[0]?.path;
    const eager = files.filter(({ imports }) => imports.some(({ target, isLazy }) => target === path && !isLazy));
    expect(eager.map((file) => file.path)).to.deep.equal([]);
  });

  it('no file of src reads from test', () => {
    const strays = files.filter(({ imports }) => imports.some(({ target }) => target.startsWith('test/')));
    expect(strays.map(({ path }) => path)).to.deep.equal([]);
  });

  it('the picture that it checks has every room of the house', () => {
    expect(files.map(({ path }) => path)).to.include.members(['src/core/rule.ts', 'src/main.ts', 'src/cli.ts']);
    expect(files.flatMap(({ imports }) => imports)).to.have.length.greaterThan(100);
  });
});

describe('the check of the architecture', () => {
  interface Row {
    readonly name: string;
    readonly path: string;
    readonly text: string;
    readonly arrows: readonly string[];
  }
  const rows: readonly Row[] = [
    {
      name: 'finds an import that points outwards',
      path: 'src/core/rule.ts',
      text: `import { get } from '../kube/transport.ts';`,
      arrows: ['src/core/rule.ts imports src/kube/transport.ts'],
    },
    {
      name: 'finds it in a type import, too',
      path: 'src/api/v1alpha1/group.ts',
      text: `import type { Rule } from '../../core/rule.ts';`,
      arrows: ['src/api/v1alpha1/group.ts imports src/core/rule.ts'],
    },
    {
      name: 'finds it in an export, a lazy import and the type of an import',
      path: 'src/rules/pod/privileged.ts',
      text: `export { a } from '../../scan/a.ts';
const b = await import('../../kube/b.ts');
type C = import('../../server/c.ts').C;`,
      arrows: [
        'src/rules/pod/privileged.ts imports src/scan/a.ts',
        'src/rules/pod/privileged.ts imports src/kube/b.ts',
        'src/rules/pod/privileged.ts imports src/server/c.ts',
      ],
    },
    {
      name: 'finds rules that are imported where they are an argument',
      path: 'src/controller/reconciler.ts',
      text: `import { rules } from '../rules/index.ts';`,
      arrows: ['src/controller/reconciler.ts imports src/rules/index.ts'],
    },
    {
      name: 'finds a pure file that reads files, waits, or asks for time, chance and the environment',
      path: 'src/report/table.ts',
      text: `import { readFileSync } from 'node:fs';
setTimeout(() => readFileSync(String(Date.now() + Math.random())), 1);
export const at = new Date();
export const { env } = process;`,
      arrows: [
        'src/report/table.ts is pure and imports readFileSync of node:fs',
        'src/report/table.ts is pure and uses setTimeout',
        'src/report/table.ts is pure and uses Date.now',
        'src/report/table.ts is pure and uses Math.random',
        'src/report/table.ts is pure and uses new Date()',
        'src/report/table.ts is pure and uses process',
      ],
    },
    {
      name: 'finds a pure file that takes chance from a module that is harmless otherwise',
      path: 'src/core/evaluate.ts',
      text: `import { hash, randomBytes } from 'node:crypto';`,
      arrows: ['src/core/evaluate.ts is pure and imports randomBytes of node:crypto'],
    },
    {
      name: 'finds a logger in a pure file',
      path: 'src/core/evaluate.ts',
      text: `import winston from 'winston';`,
      arrows: ['src/core/evaluate.ts is pure and imports * of winston'],
    },
    {
      name: 'finds a room that nobody has described',
      path: 'src/cellar/wine.ts',
      text: '',
      arrows: ['src/cellar/wine.ts is in no layer of test/architecture.test.ts'],
    },
    {
      name: 'finds nothing where a clock is an argument, a date is given, and a field is called like a global',
      path: 'src/controller/work-queue.ts',
      text: `import { hash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
export function at(clock: Clock, row: { process: string }): Date {
  clock.setTimeout(() => row.process, 1);
  return new Date(hash('sha256', row.process));
}`,
      arrows: [],
    },
    {
      name: 'lets the edge import what is inside of it',
      path: 'src/kube/writer.ts',
      text: `import { request } from 'node:https';
import type { PostureWriter } from '../controller/posture-writer.ts';
import { API_VERSION } from '../api/v1alpha1/group.ts';`,
      arrows: [],
    },
  ];
  it('finds a circle of types and lazy imports, and none where two ways lead to the same', () => {
    const around = [
      parseSourceFile('src/core/a.ts', `import type { B } from './b.ts'; import { d } from './d.ts';`),
      parseSourceFile('src/core/b.ts', `const c = await import('./c.ts'); import { d } from './d.ts';`),
      parseSourceFile('src/core/c.ts', `export * from './a.ts';`),
      parseSourceFile('src/core/d.ts', ''),
    ];
    expect(findCircles(around)).to.deep.equal(['src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts']);
  });

  for (const { name, path, text, arrows } of rows) {
    it(name, () => {
      expect(findArrows(parseSourceFile(path, text))).to.deep.equal(arrows);
    });
  }
});
