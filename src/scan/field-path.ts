/** The paths of violations, such as `spec.containers[0].image` or `metadata.labels["app.kubernetes.io/name"]`. */

/** One step: the name of a field, or the index of a list item. */
export type FieldStep = string | number;

/**
 * @returns the steps from the outermost inwards; what does not read as a path ends them early
 */
export function parseFieldPath(path: string): readonly FieldStep[] {
  if (path !== lastPath) {
    lastSteps = parse(path);
    lastPath = path;
  }
  return lastSteps;
}

/** Findings come sorted by rule: many in a row are about the same field. */
let lastPath = '';
let lastSteps: readonly FieldStep[] = [];

function parse(path: string): readonly FieldStep[] {
  const steps: FieldStep[] = [];
  const step = /(?:^|\.)([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  for (let match = step.exec(path); match !== null; match = step.exec(path)) {
    const [, name, index, quoted] = match;
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(parseQuoted(quoted));
  }
  return steps;
}

function parseQuoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
