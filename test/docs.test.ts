/** The pages that people write: they point at what exists, and every dependency has its reason. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect } from 'chai';

const root = join(import.meta.dirname, '..');

/** @returns the relative links of a Markdown text that lead nowhere */
function findBrokenLinks(folder: string, text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '');
  return targets.filter((target) => !/^https?:/.test(target) && !existsSync(join(folder, target)));
}

describe('the docs', () => {
  const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

  it('are there', () => {
    expect(pages).to.include.members([
      'README.md',
      'SECURITY.md',
      'docs/architecture.md',
      'docs/rules/pod-privileged.md',
    ]);
  });

  for (const page of pages) {
    it(`${page} links to files that exist`, () => {
      const path = join(root, page);
      expect(findBrokenLinks(dirname(path), readFileSync(path, 'utf8'))).to.deep.equal([]);
    });
  }

  it('a link that leads nowhere is found', () => {
    const text = '[a](README.md) [b](docs/gone.md#part) [c](https://merlon.dev) [d](#here)';
    expect(findBrokenLinks(root, text)).to.deep.equal(['docs/gone.md']);
  });

  it('every runtime dependency has its reason', () => {
    const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
    const rows = [...page.matchAll(/^\| \[([^\]]+)\]\(https:/gm)].map(([, name]) => name);
    expect(rows).to.have.members(Object.keys(packageJson.dependencies));
    expect(rows).to.have.length.at.most(5);
  });
});
