/** What changes in a text, as `diff -u` prints it. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** @param path as it stands in both headers, for `patch -p0` */
export function printUnifiedDiff(path: string, before: string, after: string): string {
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(path, path, before, after, undefined, undefined, options);
}
