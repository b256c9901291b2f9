/**
 * Whether so many bytes are the same from either place; both have them. For some hundred of them: Node's own comparison of parts makes
 * an object of its arguments at each call, and every pod of a cluster takes several.
 */
export function isSame(one: Buffer, oneStart: number, other: Buffer, otherStart: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) {
    if (one[oneStart + at] !== other[otherStart + at]) return false;
  }
  return true;
}
