/**
 * Amounts of resources: `512Mi`, `1.5`, `100m`, `0`. Of them it matters here only whether they are any, because a limit
 * of zero is none.
 *
 * Source: k8s.io/apimachinery v0.37.2, pkg/api/resource/quantity.go (`ParseQuantity`).
 */

/** Whether it is a quantity that is not negative. */
export function isQuantity(text: string): boolean {
  return /^\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?$/.test(text);
}

/** @param quantity one that is valid */
export function isZeroQuantity(quantity: string): boolean {
  return /^\+?[0.]+(?:[A-Za-z]|$)/.test(quantity);
}
