/**
 * Questions about what is derived, which verdicts are made from by the thousand: after a change each is asked again once,
 * whoever had asked it, and verdicts are judged again only where the answer is another.
 */
import type { Answer, Answered, Cell, Derivation, Question, Snapshot } from './snapshot.ts';

type AnyQuestion = Question<unknown, Answer>;

/** By what they are about. */
type Answers = Map<string, { answer: Answer; readonly cell: Cell }>;

/** All about one derivation. */
interface Asked {
  /** What was made of the snapshot as the answers were given. */
  made: unknown;
  readonly answers: Map<AnyQuestion, Answers>;
  /** How many answers there are. */
  size: number;
}

/** More than so many answers for each that was asked for at once, and some, may be about what is gone. */
const mostForOne = 4;
const spareAnswers = 1_000;

/** Where the answers change. */
export interface Clock {
  newCell(): Cell;
  touch(cell: Cell): void;
}

export class AskedQuestions {
  readonly #asked = new Map<Derivation<unknown>, Asked>();
  /** How many answers may pile up. */
  readonly #limits = new Map<Derivation<unknown>, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {NotObserved} */
  ask<T, A extends Answer, About extends string>(
    derivation: Derivation<T>,
    question: Question<T, A, About>,
    about: About,
    snapshot: Snapshot,
  ): Answered<A> {
    const made = snapshot.derive(derivation);
    const known = this.#asked.get(derivation) ?? { made, answers: new Map<AnyQuestion, Answers>(), size: 0 };
    this.#asked.set(derivation, known);
    // What it is about is asked of it again, and nothing else.
    const asQuestion = question as unknown as AnyQuestion;
    let answers = known.answers.get(asQuestion);
    if (answers === undefined) known.answers.set(asQuestion, (answers = new Map() as Answers));
    let answered = answers.get(about);
    if (answered === undefined) {
      answered = { answer: question(made, about), cell: this.#clock.newCell() };
      answers.set(about, answered);
      known.size += 1;
    }
    return answered as Answered<A>;
  }

  /** Asks again what may have another answer. @param isAsBefore whether all is as it was that the derivation is made from */
  settle(snapshot: Snapshot, isAsBefore: (derivation: Derivation<unknown>) => boolean): void {
    for (const [derivation, asked] of this.#asked) {
      if (isAsBefore(derivation)) continue;
      const made = this.#hasTooMany(derivation, asked) ? undefined : deriveIfKnown(derivation, snapshot);
      if (made === undefined) {
        // Whoever needs the answer, or the reason why there is none, asks again.
        for (const answers of asked.answers.values()) for (const { cell } of answers.values()) this.#clock.touch(cell);
        this.#asked.delete(derivation);
        continue;
      }
      const moved = derivation.movedSince?.(made, asked.made);
      asked.made = made;
      for (const [question, answers] of asked.answers) this.#askAgain(question, answers, made, moved);
    }
  }

  /** Then none counts that nobody asks for anew. */
  #hasTooMany(derivation: Derivation<unknown>, { size }: Asked): boolean {
    const limit = this.#limits.get(derivation) ?? mostForOne * size + spareAnswers;
    this.#limits.set(derivation, limit);
    return size > limit && this.#limits.delete(derivation);
  }

  #askAgain(question: AnyQuestion, answers: Answers, made: unknown, moved: ReadonlySet<string> | undefined): void {
    // What is asked of the whole may move with anything.
    for (const about of moved === undefined ? answers.keys() : ['', ...moved]) {
      const answered = answers.get(about);
      if (answered === undefined) continue;
      const again = answerIfKnown(question, made, about);
      if (again !== undefined && again.answer === answered.answer) continue;
      this.#clock.touch(answered.cell);
      if (again === undefined) answers.delete(about);
      else answered.answer = again.answer;
    }
  }

  clear(): void {
    this.#asked.clear();
    this.#limits.clear();
  }
}

/** @returns undefined where it cannot be told now: whoever asks learns the reason, and nobody else fails for it */
function answerIfKnown(question: AnyQuestion, made: unknown, about: string): { readonly answer: Answer } | undefined {
  try {
    return { answer: question(made, about) };
  } catch {
    return undefined;
  }
}

/** @returns as `answerIfKnown` */
function deriveIfKnown(derivation: Derivation<unknown>, snapshot: Snapshot): unknown {
  try {
    return snapshot.derive(derivation);
  } catch {
    return undefined;
  }
}
