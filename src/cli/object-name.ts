/** Names of objects, as options give them. */
import { isObjectName } from '../core/object-name.ts';

/** @returns why no object can have that name; undefined if one can */
export function findNameProblem(option: string, name: string, maxLength?: number): string | undefined {
  return isObjectName(name, maxLength)
    ? undefined
    : `${option}: "${name}" is no name for an object: lower-case letters, digits, "-" and "." are allowed`;
}
