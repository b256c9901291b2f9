/** Names of objects, as the API server demands them of all kinds but those of RBAC. */
const MAX_LENGTH = 253;

/**
 * Whether an object can have that name: lower-case labels, with dots between them.
 * @param maxLength where less is left of it, or allowed
 * Source: k8s.io/apimachinery v0.37.2, pkg/util/validation (`IsDNS1123Subdomain`).
 */
export function isObjectName(name: string, maxLength = MAX_LENGTH): boolean {
  return name.length <= maxLength && DNS_SUBDOMAIN.test(name);
}

const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
