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

/**
 * For what several rules ask one after the other of the same pod, and of other pods nobody: the names of its images.
 * @param count so many are held, which are looked through one by one: few
 */
export function rememberLast<T>(answer: (text: string) => T, count: number): (text: string) => T {
  const texts: string[] = [];
  const answers: T[] = [];
  let next = 0;
  return (text) => {
    const known = texts.indexOf(text);
    if (known !== -1) return answers[known] as T;
    const found = answer(text);
    texts[next] = text;
    answers[next] = found;
    next = (next + 1) % count;
    return found;
  };
}
