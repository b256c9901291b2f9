/** YAML as it is printed for people to keep: comments, and values in a line. */
import { printable, printableJson } from './terminal.ts';

/** A name may hold line breaks, which would end the comment. */
export function comment(line: string): string {
  return line === '' ? '#\n' : `# ${printable(line)}\n`;
}

/** A value as YAML writes it in a line. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, entry]) => `${key}: ${flow(entry)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

/** Words that no YAML reads as anything but text; the rest in quotes, which JSON writes as YAML does. */
export function scalar(text: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9_.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : printableJson(JSON.stringify(text));
}
