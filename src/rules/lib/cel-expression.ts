/**
 * What can be told of an expression in CEL without evaluating it: whether it always comes to the same, and what of a
 * request it looks at. Logic, comparisons of literals and of what stands on both sides in the same words are followed;
 * everything else may come to anything.
 *
 * Source: the CEL language definition (syntax), and k8s.io/apiserver v0.37.2, pkg/admission/plugin/policy/validating.
 */

export interface Outlook {
  /** What it comes to whatever is asked; undefined where that is not told. */
  readonly always: boolean | undefined;
  /** Names that it speaks of, with one field of each: `object.spec`, `request.name`, `params`. */
  readonly mentions: ReadonlySet<string>;
  /** Whether it is longer than anybody reads here, so that nothing is told. */
  readonly isTooLong?: true;
}

/** What is told of each variable, by its name. */
export type WeighedVariables = ReadonlyMap<string, Outlook>;

const UNREADABLE: Outlook = { always: undefined, mentions: new Set() };
const TOO_LONG: Outlook = { ...UNREADABLE, isTooLong: true };
const MAX_CHARACTERS = 65_536;
/** People write some hundred; chains take quadratic time. */
const MAX_TOKENS = 4_000;
/** Of brackets in brackets; the API server reads no more of them, either. */
const MAX_DEPTH = 200;

// In a raw string a backslash is itself; nowhere may one match in two ways, as that takes exponential time.
const token =
  /\s+|\/\/[^\n]*|((?:[bB]?[rR]|[rR][bB])(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')|[bB]?(?:"""(?:\\[\s\S]|(?!""")[^\\])*"""|'''(?:\\[\s\S]|(?!''')[^\\])*'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\d[\w.]*|[A-Za-z_]\w*|&&|\|\||[=!<>]=|[!<>?:.,+\-*/%()[\]{}])|[\s\S]/y;

/** @param variables in order: each knows those before it */
export function weighVariables(
  variables: readonly { readonly name: string; readonly expression: string }[],
): WeighedVariables {
  const weighed = new Map<string, Outlook>();
  for (const { name, expression } of variables) weighed.set(name, weighExpression(expression, weighed));
  return weighed;
}

export function weighExpression(expression: string, variables: WeighedVariables = new Map()): Outlook {
  const tokens = readTokens(expression);
  if (tokens === undefined) return UNREADABLE;
  if (tokens === 'too long') return TOO_LONG;
  const mentions = new Set(mentionsIn(tokens));
  for (const name of [...mentions].filter((one) => one.startsWith(VARIABLES))) {
    for (const one of variables.get(name.slice(VARIABLES.length))?.mentions ?? []) mentions.add(one);
  }
  try {
    return { always: new Reader(tokens, variables).read(), mentions };
  } catch (error) {
    if (error instanceof NoExpression) return { always: undefined, mentions };
    throw error;
  }
}

const VARIABLES = 'variables.';

/** @returns undefined for what is no CEL */
function readTokens(text: string): readonly string[] | 'too long' | undefined {
  if (text.length > MAX_CHARACTERS) return 'too long';
  const tokens: string[] = [];
  for (const [whole, word] of text.matchAll(new RegExp(token, 'gy'))) {
    if (tokens.length === MAX_TOKENS) return 'too long';
    if (word !== undefined) tokens.push(word);
    else if (!/^(\s|\/\/)/.test(whole)) return undefined;
  }
  return tokens;
}

function* mentionsIn(tokens: readonly string[]): Generator<string> {
  for (const [index, word] of tokens.entries()) {
    if (!isName(word) || tokens[index - 1] === '.' || tokens.slice(index - 2, index).join('') === '.?') continue;
    yield word;
    const field = tokens[index + 2] === '?' ? tokens[index + 3] : tokens[index + 2];
    if (tokens[index + 1] === '.' && field !== undefined && isName(field)) yield `${word}.${field}`;
  }
}

function isName(word: string): boolean {
  return /^[A-Za-z_]\w*$/.test(word);
}

class NoExpression extends Error {}

/** What some of an expression comes to; `text` tells it apart from others, `truth` is left out where it is not told. */
interface Operand {
  readonly text: string;
  readonly truth?: boolean;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const relations: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
/** Where an operand ends. */
const ends: ReadonlySet<string> = new Set([...relations, '&&', '||', '?', ':', ',', ')', ']', '}']);

/** Reads it by precedence, from the conditional operator down. */
class Reader {
  readonly #tokens: readonly string[];
  readonly #variables: WeighedVariables;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[], variables: WeighedVariables) {
    this.#tokens = tokens;
    this.#variables = variables;
  }

  /** @throws {NoExpression} */
  read(): boolean | undefined {
    const { truth } = this.#conditional();
    if (this.#at < this.#tokens.length) throw new NoExpression();
    return truth;
  }

  #conditional(): Operand {
    const start = this.#at;
    const condition = this.#deeper(() => this.#either());
    if (!this.#take('?')) return condition;
    const ifTrue = this.#deeper(() => this.#conditional());
    if (!this.#take(':')) throw new NoExpression();
    const ifFalse = this.#deeper(() => this.#conditional());
    const chosen = condition.truth === undefined ? undefined : condition.truth ? ifTrue : ifFalse;
    const truth = chosen === undefined && ifTrue.truth === ifFalse.truth ? ifTrue.truth : chosen?.truth;
    return this.#operand(start, truth);
  }

  #either(): Operand {
    return this.#chain('||', true, () => this.#chain('&&', false, () => this.#relation()));
  }

  /** @param decisive what one operand decides for all */
  #chain(operator: string, decisive: boolean, next: () => Operand): Operand {
    const start = this.#at;
    const first = next();
    const operands = [first];
    while (this.#take(operator)) operands.push(next());
    if (operands.length === 1) return first;
    if (operands.some(({ truth }) => truth === decisive)) return this.#operand(start, decisive);
    return this.#operand(start, operands.every(({ truth }) => truth === !decisive) ? !decisive : undefined);
  }

  #relation(): Operand {
    const start = this.#at;
    let left = this.#unary();
    for (let relation = this.#next(); relation !== undefined && relations.has(relation); relation = this.#next()) {
      this.#at += 1;
      left = this.#operand(start, compare(left, relation, this.#unary()));
    }
    return left;
  }

  #unary(): Operand {
    const start = this.#at;
    if (this.#take('!')) {
      const { truth } = this.#deeper(() => this.#unary());
      return this.#operand(start, truth === undefined ? undefined : !truth);
    }
    if (this.#take('(')) {
      const inner = this.#conditional();
      const next = this.#take(')') ? this.#next() : '';
      if (next === undefined || ends.has(next)) return inner;
      this.#at = start;
    }
    while (!this.#isAtEnd()) this.#skip();
    if (this.#at === start) throw new NoExpression();
    return this.#operand(start, this.#truthOf(start));
  }

  /** `a.?b` is one operand. */
  #isAtEnd(): boolean {
    const next = this.#next();
    return next === undefined || (ends.has(next) && !(next === '?' && this.#tokens[this.#at - 1] === '.'));
  }

  /** One word, or all between two brackets. */
  #skip(): void {
    const close = closing[this.#next() ?? ''];
    this.#at += 1;
    if (close === undefined) return;
    while (!this.#take(close)) {
      if (this.#next() === undefined) throw new NoExpression();
      this.#deeper(() => {
        this.#skip();
      });
    }
  }

  #truthOf(start: number): boolean | undefined {
    const words = this.#tokens.slice(start, this.#at);
    if (words.length === 1) return words[0] === 'true' ? true : words[0] === 'false' ? false : undefined;
    return words.length === 3 && words[0] === 'variables' ? this.#variables.get(words[2] ?? '')?.always : undefined;
  }

  #deeper<T>(read: () => T): T {
    if (this.#depth >= MAX_DEPTH) throw new NoExpression();
    this.#depth += 1;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #operand(start: number, truth: boolean | undefined): Operand {
    const text = this.#tokens.slice(start, this.#at).join(' ');
    return truth === undefined ? { text } : { text, truth };
  }

  #next(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(word: string): boolean {
    if (this.#next() !== word) return false;
    this.#at += 1;
    return true;
  }
}

function compare(left: Operand, relation: string, right: Operand): boolean | undefined {
  const a = valueOf(left);
  const b = valueOf(right);
  const isSame =
    left.text === right.text ? true : a === undefined || b === undefined || typeof a !== typeof b ? undefined : a === b;
  if (relation === '==') return isSame;
  if (relation === '!=') return isSame === undefined ? undefined : !isSame;
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  if (relation === '<') return a < b;
  if (relation === '>') return a > b;
  if (relation === '<=') return a <= b;
  return relation === '>=' ? a >= b : undefined;
}

/** Of a literal in few words. */
function valueOf({ text, truth }: Operand): boolean | number | string | undefined {
  if (truth !== undefined) return truth;
  if (/^\d+$/.test(text)) return Number(text);
  return /^(?:"[^"\\]*"|'[^'\\]*')$/.test(text) ? text.slice(1, -1) : undefined;
}
