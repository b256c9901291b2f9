/** What to do with a file that is made to be rendered first: a Helm template, or a part of a kustomization. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @param line of the problem, counted from 1
 * @returns `; looks like a Helm template; render it first: …`, or `''` if the file shows no sign of that
 */
export function renderingHint(path: string, bytes: Buffer, line: number): string {
  const folder = dirname(path);
  const chart = findUpwards(folder, 'Chart.yaml');
  if (hasTemplateNear(bytes, line) || (chart !== undefined && chart !== folder)) {
    return `; looks like a Helm template; render it first: helm template ${chart ?? 'CHART'} | merlon scan -`;
  }
  if (chart !== undefined) return `; belongs to a Helm chart; render it first: helm template ${chart} | merlon scan -`;
  const isKustomized = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) =>
    existsSync(join(folder, name)),
  );
  return isKustomized
    ? `; if it belongs to the kustomization, render it: kubectl kustomize ${folder} | merlon scan -`
    : '';
}

/** A template's action breaks the YAML on its own line or on a neighbour. */
function hasTemplateNear(bytes: Buffer, line: number): boolean {
  const lines = bytes.toString('utf8').split('\n');
  return lines.slice(Math.max(0, line - 3), line + 2).some((text) => text.includes('{{'));
}

/** The nearest folder that holds `name`; templates lie one or two folders below their Chart.yaml. */
function findUpwards(folder: string, name: string): string | undefined {
  let at = folder;
  for (let level = 0; level < 3; level += 1) {
    if (existsSync(join(at, name))) return at;
    const parent = dirname(at);
    if (parent === at) return undefined;
    at = parent;
  }
  return undefined;
}
