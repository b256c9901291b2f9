/** Fields that no API server can read, as places that break a rule: other rules say `unknown` of them. */
import { malformedFieldsOf } from '../../core/project.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { readOr } from '../../core/shape.ts';

export function malformedFields(object: object): readonly Violation[] {
  return malformedFieldsOf(object).map(({ path, message }) =>
    violation(path, undefined, `${message}; no API server stores it`),
  );
}

/** None where something cannot be read: `malformedFields` names that. */
export function whereReadable(problems: () => readonly Violation[]): readonly Violation[] {
  return readOr(problems, () => []);
}

/** Of each element, as if it stood alone. */
export function eachReadable<T>(
  list: readonly T[] | undefined,
  problems: (element: T, index: number) => readonly Violation[],
): readonly Violation[] {
  return [...(list ?? []).keys()].flatMap((index) =>
    whereReadable(() => {
      const element = list?.[index];
      return element === undefined ? [] : problems(element, index);
    }),
  );
}

/** Whether the API server takes it as the name of a role or a binding, which may hold nearly anything. */
export function isRbacName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
}
