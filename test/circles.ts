/** Files that import each other in a circle, by whatever kind of import: nobody understands one of them without the others. */
import type { SourceFile } from './source-file.ts';

/** @returns for each import that closes a circle the paths around it, as `a.ts -> b.ts -> a.ts` */
export function findCircles(files: readonly SourceFile[]): readonly string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
  const circles: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    const start = way.indexOf(path);
    if (start !== -1) circles.push([...way.slice(start), path].join(' -> '));
    if (start !== -1 || done.has(path)) return;
    way.push(path);
    for (const target of importsOf.get(path) ?? []) visit(target);
    way.pop();
    done.add(path);
  };
  for (const { path } of files) visit(path);
  return circles;
}
