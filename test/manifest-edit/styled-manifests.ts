/** Manifests as people write them: the same objects in every style, with a comment wherever one can stand. */
import fc from 'fast-check';

export interface StyledFile {
  readonly text: string;
  /** How many objects it holds. */
  readonly count: number;
  /** Every comment in it; no two are the same. */
  readonly comments: readonly string[];
}

type Value = string | boolean | null | readonly Value[] | { readonly [key: string]: Value };

const name = fc.constantFrom('a', 'b-1', 'yes', '0x1', 'it: is', 'web.example.com/x');
const container = (own: string) =>
  fc
    .record(
      { image: name, imagePullPolicy: fc.constantFrom('Never', 'IfNotPresent'), args: fc.array(name) },
      { requiredKeys: [] },
    )
    .map((rest): Value => ({ name: own, ...rest }));

/** A pod of two containers, as every patch of the test fits it. */
const object: fc.Arbitrary<Value> = fc
  .record({
    kind: fc.constant('Pod'),
    apiVersion: fc.constant('v1'),
    metadata: fc
      .record(
        { annotations: fc.dictionary(name, name), labels: fc.constantFrom<Value>(null, {}, { app: 'x' }) },
        { requiredKeys: [] },
      )
      .map((rest): Value => ({ name: 'web', ...rest })),
    spec: fc.record(
      { containers: fc.tuple(container('one'), container('two')), nodeName: name, volumes: fc.constant([]) },
      { requiredKeys: ['containers'] },
    ),
  })
  .map((fields): Value => ({ ...fields }));

interface Choices {
  /** Asked for each choice in turn. */
  next(of: number): number;
  comment(): string;
}

function printBlock(value: Value, indent: string, step: string, choices: Choices): string {
  if (isList(value) && value.length > 0 && choices.next(4) > 0) {
    return value.map((item) => printItem(item, indent, step, choices)).join('');
  }
  if (isFilledMap(value) && choices.next(5) > 0) {
    const lines = Object.entries(value).map(([key, one]) => printEntry(key, one, indent, step, choices));
    return `\n${lines.join('')}`;
  }
  return ` ${printFlow(value, indent, choices)}${choices.comment()}\n`;
}

function printEntry(key: string, value: Value, indent: string, step: string, choices: Choices): string {
  const above = choices.next(8) === 0 ? `${indent}${choices.comment().trimStart()}\n` : '';
  const printed = `${above}${indent}${printText(key, choices)}:`;
  if (typeof value === 'string' && choices.next(6) === 0) {
    return `${printed} |-\n${indent}${step}${value}\n${choices.next(3) === 0 ? '\n' : ''}`;
  }
  if (isList(value) && value.length > 0) {
    const deeper = choices.next(2) === 0 ? indent : indent + step;
    const list = printBlock(value, deeper, step, choices);
    return list.startsWith(' [') ? printed + list : `${printed}${choices.comment()}\n${list}`;
  }
  if (value === null && choices.next(2) === 0) return `${printed}${choices.comment()}\n`;
  const inner = printBlock(value, indent + step, step, choices);
  return inner.startsWith('\n') ? `${printed}${choices.comment()}${inner}` : printed + inner;
}

function printItem(value: Value, indent: string, step: string, choices: Choices): string {
  if (!isFilledMap(value) || choices.next(4) === 0)
    return `${indent}- ${printFlow(value, indent, choices)}${choices.comment()}\n`;
  const [[first, one] = ['', null], ...rest] = Object.entries(value);
  const deeper = `${indent}  `;
  // Nothing above the first one, which stands beside the dash.
  const head = `${indent}- ${printText(first, choices)}: ${printFlow(one, deeper, choices)}${choices.comment()}\n`;
  return head + rest.map(([key, inner]) => printEntry(key, inner, deeper, step, choices)).join('');
}

function printFlow(value: Value, indent: string, choices: Choices): string {
  if (isList(value)) return `[${value.map((item) => printFlow(item, indent, choices)).join(', ')}]`;
  if (!isFilledMap(value)) return isMap(value) ? '{}' : printText(value, choices);
  const entries = Object.entries(value);
  if (choices.next(3) > 0) {
    const space = choices.next(2) === 0 ? ' ' : '';
    const comma = choices.next(4) === 0 ? ',' : '';
    return `{${space}${entries.map(([key, one]) => `${printText(key, choices)}: ${printFlow(one, indent, choices)}`).join(', ')}${comma}${space}}`;
  }
  const deeper = `${indent}    `;
  const lines = entries.map(([key, one], index) => {
    const comma = index < entries.length - 1 || choices.next(2) === 0 ? ',' : '';
    return `${deeper}${printText(key, choices)}: ${printFlow(one, deeper, choices)}${comma}${choices.comment()}\n`;
  });
  return `{\n${lines.join('')}${indent}  }`;
}

function printText(value: string | boolean | null, choices: Choices): string {
  if (typeof value !== 'string') return String(value);
  const style = choices.next(4);
  if (style === 0) return JSON.stringify(value);
  if (style === 1 || !/^[a-z][a-zA-Z0-9.-]*$/i.test(value) || value === 'yes') return `'${value}'`;
  return value;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isFilledMap(value: Value): value is { readonly [key: string]: Value } {
  return isMap(value) && Object.keys(value).length > 0;
}

export const styledFile: fc.Arbitrary<StyledFile> = fc
  .record({
    objects: fc.array(object, { minLength: 1, maxLength: 3 }),
    choices: fc.array(fc.nat({ max: 59 }), { minLength: 40, maxLength: 40 }),
    step: fc.constantFrom('  ', '    '),
    lineBreak: fc.constantFrom('\n', '\n', '\r\n'),
    isJson: fc.boolean(),
    isCut: fc.boolean(),
  })
  .map(({ objects, choices, step, lineBreak, isJson, isCut }) => {
    const comments: string[] = [];
    let asked = 0;
    const next = (of: number): number => {
      asked += 1;
      return ((choices[asked % choices.length] ?? 0) + Math.floor(asked / choices.length)) % of;
    };
    const comment = (): string => {
      if (next(3) > 0) return '';
      comments.push(`# comment ${comments.length} of many`);
      return ` ${comments.at(-1) ?? ''}`;
    };
    const printed = objects.map((one) => {
      if (isJson && next(2) === 0) return `${JSON.stringify(one, null, next(2) === 0 ? step : undefined)}\n`;
      return printBlock(one, '', step, { next, comment }).replace(/^[ \n]/, '');
    });
    const text = printed.join('---\n').replaceAll('\n', lineBreak);
    return { text: isCut ? text.trimEnd() : text, count: objects.length, comments };
  });
