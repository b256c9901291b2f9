/** Text of rules as Markdown. */

export function code(text: string): string {
  return `\`${text}\``;
}

/** A rule's texts are plain: nothing in them is meant as Markdown. */
export function escapeText(text: string): string {
  return text.replaceAll(/[\\`*_<>|[\]]/g, (mark) => `\\${mark}`);
}
