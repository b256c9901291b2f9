/** The parameters of a rule as a policy would set them: what is printed can be pasted into one. */
import type { CrdSchema } from '../api/v1alpha1/schema.ts';
import type { ParamsSchema } from '../core/params.ts';

/** @returns lines of YAML, with the meaning of each parameter and its default */
export function explainParameters(id: string, { properties }: ParamsSchema): readonly string[] {
  const parameters = Object.entries(properties).flatMap(([name, schema]) => [
    ...wrap(`${schema.description ?? ''} ${describeChoices(schema)}`).map((line) => `    # ${line}`),
    `    ${name}: ${JSON.stringify(schema.default)}`,
  ]);
  return [`- rule: ${id}`, '  params:', ...parameters];
}

/** What may stand there, as a sentence. */
function describeChoices(schema: CrdSchema): string {
  switch (schema.type) {
    case 'string':
      return schema.enum === undefined ? 'A text.' : `One of ${schema.enum.join(', ')}.`;
    case 'boolean':
      return 'True or false.';
    case 'integer':
      return `A number${describeRange(schema.minimum, schema.maximum)}.`;
    case 'array':
      return `A list of ${describeItems(schema.items)}.`;
    case 'object':
      return 'An object.';
    case undefined:
      return 'Anything.';
  }
}

function describeItems(schema: CrdSchema): string {
  if (schema.type === 'string') return schema.enum === undefined ? 'texts' : `any of ${schema.enum.join(', ')}`;
  if (schema.type === 'integer') return `numbers${describeRange(schema.minimum, schema.maximum)}`;
  if (schema.type !== 'object' || !('properties' in schema)) return 'values';
  const { properties, required = [] } = schema;
  const fields = Object.keys(properties).map((name) => (required.includes(name) ? name : `${name} (optional)`));
  return `objects with ${fields.join(' and ')}`;
}

function describeRange(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum === undefined) return maximum === undefined ? '' : ` up to ${maximum}`;
  return maximum === undefined ? ` from ${minimum} on` : ` from ${minimum} to ${maximum}`;
}

const lineLength = 100;

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > lineLength) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
