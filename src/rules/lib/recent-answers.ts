/** Remembers what a pure function said of the texts that it was asked about last. */

/**
 * For what comes again and again: the variables of all pods have few names.
 * @param maxAnswers so many are held at most; then all are forgotten at once
 */
export function rememberAnswers<T>(answer: (text: string) => T, maxAnswers: number): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined || answers.has(text)) return known as T;
    const found = answer(text);
    if (answers.size >= maxAnswers) answers.clear();
    answers.set(text, found);
    return found;
  };
}
