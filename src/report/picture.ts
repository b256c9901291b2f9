/** Who is connected with what, as a picture for Graphviz or for Mermaid in Markdown. */
import { printable } from './terminal.ts';

export interface Picture {
  /** Where everything begins, where that is one; drawn even if nothing comes from it. */
  readonly start?: string;
  /** What is at the end of everything, drawn apart, and even if nothing leads there. */
  readonly end?: string;
  readonly arrows: readonly Arrow[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** `cut`: what to take away; `dead`: of no use. */
  readonly mark?: 'cut' | 'dead';
}

/** @param name of the graph, a word: `paths` */
export function printDot(name: string, picture: Picture): string {
  const { end, arrows } = picture;
  const lines = [
    ...nodesOf(picture).map((node) => `  ${quoteDot(node)}${node === end ? ' [shape=doubleoctagon]' : ''};`),
    ...arrows.map(
      ({ from, to, label, mark }) =>
        `  ${quoteDot(from)} -> ${quoteDot(to)} [label=${quoteDot(label)}${mark === undefined ? '' : dotStyles[mark]}];`,
    ),
  ];
  return `digraph ${name} {\n  rankdir=LR;\n  node [shape=box];\n${lines.join('\n')}\n}\n`;
}

const dotStyles = { cut: ', color=red, penwidth=2', dead: ', style=dashed, color=gray' } as const;

function quoteDot(text: string): string {
  return `"${printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** For Markdown: a fenced block of `mermaid`. */
export function printMermaid(picture: Picture): string {
  const { arrows } = picture;
  const nodes = nodesOf(picture);
  const ids = new Map(nodes.map((node, index) => [node, `n${index}`]));
  const idOf = (node: string): string => ids.get(node) ?? '';
  const lines = [
    ...nodes.map((node) => `  ${idOf(node)}["${escapeMermaid(node)}"]`),
    ...arrows.map(({ from, to, label }) => `  ${idOf(from)} -->|"${escapeMermaid(label)}"| ${idOf(to)}`),
    ...arrows.flatMap(({ mark }, index) => (mark === undefined ? [] : [`  linkStyle ${index} ${mermaidStyles[mark]}`])),
  ];
  return `flowchart LR\n${lines.join('\n')}\n`;
}

const mermaidStyles = { cut: 'stroke:red,stroke-width:3px', dead: 'stroke:gray,stroke-dasharray:4' } as const;

/** Mermaid reads HTML entities, with # in place of &. */
function escapeMermaid(text: string): string {
  return printable(text).replaceAll(/[#"<>|\\]/g, (character) => `#${character.codePointAt(0) ?? 0};`);
}

/** Each once, in the order of the arrows. */
function nodesOf({ start, end, arrows }: Picture): readonly string[] {
  const given = (node: string | undefined) => (node === undefined ? [] : [node]);
  return [...new Set([...given(start), ...arrows.flatMap(({ from, to }) => [from, to]), ...given(end)])];
}
