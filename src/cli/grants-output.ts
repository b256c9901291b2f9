/** How `merlon who-can` and `merlon permissions` print what is granted. */
import { printDot, printMermaid } from '../report/picture.ts';
import type { Picture } from '../report/picture.ts';

export const grantsOutputs = ['table', 'json', 'dot', 'mermaid'] as const;
export type GrantsOutput = (typeof grantsOutputs)[number];

export function isPicture(output: GrantsOutput): output is 'dot' | 'mermaid' {
  return output === 'dot' || output === 'mermaid';
}

/** @param name of the graph, a word */
export function printPicture(name: string, picture: Picture, output: 'dot' | 'mermaid'): string {
  return output === 'dot' ? printDot(name, picture) : printMermaid(picture);
}
