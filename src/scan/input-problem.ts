/**
 * What is wrong with an input, told apart from what is wrong with a cluster: a document that does not parse, that kubectl
 * would refuse, or that is no Kubernetes object. A scan goes on after it, but never calls the input clean.
 */

export interface InputProblem {
  /** As the user named it, extended by the path inside a named folder; `-` is standard input. */
  readonly path: string;
  /** Counted from 1; absent where the problem is the file's as a whole (it does not exist, it is too large). */
  readonly line?: number;
  readonly reason: string;
}

/** Thrown while one document is read; whoever reads the file turns it into an `InputProblem` and goes on. */
export class DocumentRefused extends Error {
  /** Counted from 1, within the whole file. */
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.name = 'DocumentRefused';
    this.line = line;
  }
}

/** Thrown for a value, by those who do not know its line. */
export class ValueRefused extends Error {}

/**
 * Collections may nest this deep, aliases included. kubectl stops at 10,000; the deepest object that the API knows
 * (a CustomResourceDefinition's schema) stays far below 200.
 */
export const maxDepth = 1000;
