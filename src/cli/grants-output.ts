/** How `merlon who-can` and `merlon permissions` print what is granted. */
import { printDot, printMermaid } from '../report/picture.ts';
import type { Picture } from '../report/picture.ts';
import { printable } from '../report/terminal.ts';
import type { CommandStreams } from './output.ts';

export const grantsOutputs = ['table', 'json', 'dot', 'mermaid'] as const;
export type GrantsOutput = (typeof grantsOutputs)[number];

export function isPicture(output: GrantsOutput): output is 'dot' | 'mermaid' {
  return output === 'dot' || output === 'mermaid';
}

/** @param name of the graph, a word */
export function printPicture(name: string, picture: Picture, output: 'dot' | 'mermaid'): string {
  return output === 'dot' ? printDot(name, picture) : printMermaid(picture);
}

/** Pictures have no room for what is not in them. */
export function tellBesidePicture(
  { others, doubts }: { readonly others: readonly string[]; readonly doubts: readonly string[] },
  { stderr }: CommandStreams,
): void {
  for (const other of others) stderr.write(`incomplete: ${printable(other)}\n`);
  for (const doubt of doubts) stderr.write(`unknown: ${printable(doubt)}\n`);
}
