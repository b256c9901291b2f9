/** What a policy may set of a rule: each parameter has a default, and what is set is held against the rule's schema. */
import type { CrdSchema, FromSchema, ObjectSchema } from '../api/v1alpha1/schema.ts';
import { findSchemaProblem } from './schema-problem.ts';
import type { SchemaProblem } from './schema-problem.ts';

/** Every property has a `default`; a test of the catalogue demands it, and that the default is valid. */
export type ParamsSchema = ObjectSchema & {
  readonly properties: Readonly<Record<string, CrdSchema & { readonly default: unknown }>>;
};

/** What `check` gets: defaults where the policy is silent. */
export type ParamsOf<P> = P extends { readonly properties: infer Properties }
  ? string extends keyof Properties
    ? Params
    : { readonly [Name in keyof Properties]: FromSchema<Properties[Name]> }
  : Params;
export type Params = Readonly<Record<string, unknown>>;

interface Parametrised {
  readonly id: string;
  readonly params?: ParamsSchema;
}

const noParams: Params = Object.freeze({});
const defaults = new WeakMap<ParamsSchema, Params>();
const merged = new WeakMap<object, Params>();

/**
 * @param set what a policy sets, without problems
 * @returns the same object for the same rule and the same `set`, so that verdicts can be remembered by it
 */
export function resolveParams({ params: schema }: Parametrised, set?: Params): Params {
  if (schema === undefined) return noParams;
  let standard = defaults.get(schema);
  if (standard === undefined) {
    const entries = Object.entries(schema.properties).map(([name, property]) => [name, property.default]);
    standard = Object.freeze(Object.fromEntries(entries) as Params);
    defaults.set(schema, standard);
  }
  if (set === undefined) return standard;
  const known = merged.get(set) ?? Object.freeze({ ...standard, ...set });
  merged.set(set, known);
  return known;
}

/** @returns what is wrong, in a sentence that names the rule, the field and what is allowed; undefined if nothing is */
export function findParamsProblem({ id, params: schema }: Parametrised, set: unknown): SchemaProblem | undefined {
  const path = `spec.rules["${id}"].params`;
  if (schema !== undefined) return findSchemaProblem(schema, set, path);
  return { path, message: `${path} is set, and rule "${id}" has no parameters` };
}
