/** Names in a sentence, of which there may be more than anybody reads. */

/**
 * `a, b, c and 4 more`
 * @param names at least one, each as it is to be read; of many the first
 * @param most how many are told
 * @param count how many there are
 */
export function listSome(names: readonly string[], most: number, count = names.length): string {
  const named = names.slice(0, most);
  if (count > most) return `${named.join(', ')} and ${count - most} more`;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''}`;
}
