/**
 * One schema constant per kind is the whole truth about it: the TypeScript type is derived from it here, the CRD is
 * printed from it by `src/generate/crds.ts`.
 *
 * A `CrdSchema` can only say what a structural OpenAPI v3 schema may say: one type per node, no `$ref`, no
 * `additionalProperties` beside `properties`, values of `default` and `enum` as JSON.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */

/** A rule in CEL that the API server checks on every write. */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
}

interface Described {
  readonly description?: string;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}
export interface StringSchema extends Described {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly format?: 'date-time';
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: string;
}
export interface IntegerSchema extends Described {
  readonly type: 'integer';
  readonly format: 'int32' | 'int64';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}
export interface BooleanSchema extends Described {
  readonly type: 'boolean';
  readonly default?: boolean;
}
export interface ArraySchema extends Described {
  readonly type: 'array';
  readonly items: CrdSchema;
  readonly minItems?: number;
  readonly maxItems: number;
  readonly default?: readonly unknown[];
  readonly 'x-kubernetes-list-type': 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}
export interface ObjectSchema extends Described {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, CrdSchema>>;
  readonly required?: readonly string[];
  readonly default?: object;
  readonly 'x-kubernetes-map-type'?: 'atomic';
}
export interface MapSchema extends Described {
  readonly type: 'object';
  readonly additionalProperties: CrdSchema;
  readonly maxProperties: number;
}
/** An object whose fields another schema decides, which a CRD cannot know. */
export interface OpenObjectSchema extends Described {
  readonly type: 'object';
  readonly 'x-kubernetes-preserve-unknown-fields': true;
  readonly maxProperties: number;
}
/** Anything at all: what may stand there hangs on another field, which a CRD cannot say. */
export interface AnySchema extends Described {
  readonly type?: undefined;
  readonly 'x-kubernetes-preserve-unknown-fields': true;
}
export type CrdSchema =
  StringSchema | IntegerSchema | BooleanSchema | ArraySchema | ObjectSchema | MapSchema | OpenObjectSchema | AnySchema;

/** The type of what a schema accepts. A property with a default is optional: files and old objects may lack it. */
export type FromSchema<S> = S extends { type: 'string'; enum: readonly (infer Choice)[] }
  ? Choice
  : S extends { type: 'string' }
    ? string
    : S extends { type: 'integer' }
      ? number
      : S extends { type: 'boolean' }
        ? boolean
        : S extends { type: 'array'; items: infer Item }
          ? readonly FromSchema<Item>[]
          : S extends { type: 'object'; additionalProperties: infer Entry }
            ? Readonly<Record<string, FromSchema<Entry>>>
            : S extends { type: 'object'; properties: infer Properties }
              ? FromProperties<Properties, S extends { required: readonly (infer Name)[] } ? Name : never>
              : S extends { type: 'object'; 'x-kubernetes-preserve-unknown-fields': true }
                ? Readonly<Record<string, unknown>>
                : S extends { 'x-kubernetes-preserve-unknown-fields': true }
                  ? unknown
                  : never;
type FromProperties<Properties, Required> = Flat<
  {
    readonly [Name in keyof Properties as Name extends Required ? Name : never]: FromSchema<Properties[Name]>;
  } & {
    readonly [Name in keyof Properties as Name extends Required ? never : Name]?: FromSchema<Properties[Name]>;
  }
>;
type Flat<T> = { [Name in keyof T]: T[Name] };

/** A column of `kubectl get`; one of priority 1 is shown with `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  readonly priority?: 1;
}

/** Everything that a CustomResourceDefinition says besides group and version. */
export interface CrdDefinition {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly description: string;
  readonly columns: readonly PrinterColumn[];
  /** What the object holds besides apiVersion, kind and metadata. */
  readonly schema: ObjectSchema;
}

/** What Merlon needs of an object's metadata; the API server knows the rest. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
