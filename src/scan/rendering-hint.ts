/** What to do with a file that is made to be rendered first: a Helm template, or a part of a kustomization. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What one file shows of that; looked up when the first problem asks, and once. */
export class RenderingHint {
  readonly #path: string;
  readonly #bytes: Buffer;
  #lines: readonly string[] | undefined;
  #surroundings: Surroundings | undefined;

  constructor(path: string, bytes: Buffer) {
    this.#path = path;
    this.#bytes = bytes;
  }

  /**
   * @param line of a problem, counted from 1
   * @returns `; looks like a Helm template; render it first: …`, or `''` if nothing speaks for that
   */
  at(line: number): string {
    this.#surroundings ??= findSurroundings(dirname(this.#path));
    const { folder, chart, isKustomized } = this.#surroundings;
    if (this.#hasTemplateNear(line) || (chart !== undefined && chart !== folder)) {
      return `; looks like a Helm template; render it first: helm template ${chart ?? 'CHART'} | merlon scan -`;
    }
    if (chart !== undefined)
      return `; belongs to a Helm chart; render it first: helm template ${chart} | merlon scan -`;
    const kustomize = `kubectl kustomize ${folder} | merlon scan -`;
    return isKustomized ? `; if it belongs to the kustomization, render it: ${kustomize}` : '';
  }

  /** A template's action breaks the YAML on its own line or on a neighbour. */
  #hasTemplateNear(line: number): boolean {
    this.#lines ??= this.#bytes.toString('utf8').split('\n');
    return this.#lines.slice(Math.max(0, line - 3), line + 2).some((text) => text.includes('{{'));
  }
}

interface Surroundings {
  readonly folder: string;
  /** The folder of the chart that the file belongs to. */
  readonly chart: string | undefined;
  readonly isKustomized: boolean;
}

const kustomizationFiles: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

function findSurroundings(folder: string): Surroundings {
  return {
    folder,
    chart: findUpwards(folder, 'Chart.yaml'),
    isKustomized: kustomizationFiles.some((name) => existsSync(join(folder, name))),
  };
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
