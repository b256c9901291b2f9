/** Names of objects, as options give them. */

/** Source: k8s.io/apimachinery v0.37.2, pkg/util/validation (`IsDNS1123Subdomain`). */
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_LENGTH = 253;

/** @returns why no object can have that name; undefined if one can */
export function findNameProblem(option: string, name: string, maxLength = MAX_LENGTH): string | undefined {
  return name.length <= maxLength && DNS_SUBDOMAIN.test(name)
    ? undefined
    : `${option}: "${name}" is no name for an object: lower-case letters, digits, "-" and "." are allowed`;
}
