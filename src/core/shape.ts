/**
 * A shape says which fields of a Kubernetes kind Merlon reads, and everything else about reading follows from it: the
 * TypeScript type (so that a rule cannot touch a field that nobody decodes), the projection of JSON, and the partial
 * decoding of protobuf (`kube/protobuf.ts`). One table, so that the three can never differ.
 *
 * Both decoders give the same canonical form, the one Kubernetes itself would write:
 * - a field declared `value` (Go: not a pointer, `omitempty`) is absent when it has its zero value;
 * - a field declared `pointer` keeps its zero value, because absent and zero differ in meaning;
 * - a field declared `required` is always there, and a required list is never empty: the API server stores no object
 *   without it. A manifest that lacks it is malformed there.
 *
 * Numbers are the field numbers of the `generated.proto` files of k8s.io/api and k8s.io/apimachinery.
 */

export interface StringShape {
  readonly kind: 'string';
  /** What is kept of the text, where the text itself must not be: decoded values of the field are what this returns. */
  readonly classify?: (text: string) => string;
}
export interface BooleanShape {
  readonly kind: 'boolean';
}
export interface IntegerShape {
  readonly kind: 'integer';
  /** 64 where it is left out. */
  readonly bits?: 32;
}
/** A point in time, as RFC 3339 in UTC with second precision: `2026-11-24T16:50:00Z`. */
export interface TimeShape {
  readonly kind: 'time';
}
/** A map of strings; with `keys`, only the entries whose key it accepts. */
export interface MapShape {
  readonly kind: 'map';
  readonly keys?: (key: string) => boolean;
  /** Each entry is a quantity: those of zero are left out, of the others the key is kept, with an empty string. */
  readonly ofQuantities?: true;
}
export interface ListShape<Of extends Shape = Shape> {
  readonly kind: 'list';
  readonly of: Of;
}
export interface MessageShape<Fields extends FieldTable = FieldTable> {
  readonly kind: 'message';
  readonly fields: Fields;
}
export type Shape = StringShape | BooleanShape | IntegerShape | TimeShape | MapShape | ListShape | MessageShape;

export type Presence = 'required' | 'value' | 'pointer' | 'inline';
export interface Field<Of extends Shape = Shape, P extends Presence = Presence> {
  readonly number: number;
  readonly presence: P;
  readonly shape: Of;
}
export type FieldTable = Readonly<Record<string, Field>>;

export const string: StringShape = { kind: 'string' };
export const boolean: BooleanShape = { kind: 'boolean' };
export const integer: IntegerShape = { kind: 'integer' };
export const integer32: IntegerShape = { kind: 'integer', bits: 32 };
export const time: TimeShape = { kind: 'time' };
export const stringMap: MapShape = { kind: 'map' };

/** The names of the resources of which there is an amount: a limit of zero is none. */
export const amounts: MapShape = { kind: 'map', ofQuantities: true };

/** A text of which only what `classify` says of it is kept: it may be a secret. The empty text stays what it is. */
export function classified(classify: (text: string) => string): StringShape {
  return { kind: 'string', classify: (text) => (text === '' ? '' : classify(text)) };
}
export function stringMapOf(keys: (key: string) => boolean): MapShape {
  return { kind: 'map', keys };
}
export function list<Of extends Shape>(of: Of): ListShape<Of> {
  return { kind: 'list', of };
}
export function message<const Fields extends FieldTable>(fields: Fields): MessageShape<Fields> {
  return { kind: 'message', fields };
}
export function required<Of extends Shape>(number: number, shape: Of): Field<Of, 'required'> {
  return { number, presence: 'required', shape };
}
export function value<Of extends Shape>(number: number, shape: Of): Field<Of, 'value'> {
  return { number, presence: 'value', shape };
}
export function pointer<Of extends Shape>(number: number, shape: Of): Field<Of, 'pointer'> {
  return { number, presence: 'pointer', shape };
}
/** A struct that Go embeds: its own message in protobuf, its fields directly in the parent in JSON and in our objects. */
export function inline<Of extends MessageShape>(number: number, shape: Of): Field<Of, 'inline'> {
  return { number, presence: 'inline', shape };
}

/** The type of what a shape decodes to. */
export type Infer<S extends Shape> = S extends StringShape | TimeShape
  ? string
  : S extends BooleanShape
    ? boolean
    : S extends IntegerShape
      ? number
      : S extends MapShape
        ? Readonly<Record<string, string>>
        : S extends ListShape<infer Of>
          ? readonly Infer<Of>[]
          : S extends MessageShape<infer Fields>
            ? InferFields<Fields>
            : never;

type KeysOf<Fields extends FieldTable, P extends Presence> = {
  [K in keyof Fields]: Fields[K]['presence'] extends P ? K : never;
}[keyof Fields];
type InlineOf<Fields extends FieldTable> =
  KeysOf<Fields, 'inline'> extends never
    ? unknown
    : UnionToIntersection<{ [K in KeysOf<Fields, 'inline'>]: Infer<Fields[K]['shape']> }[KeysOf<Fields, 'inline'>]>;
type UnionToIntersection<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
type InferFields<Fields extends FieldTable> = {
  readonly [K in KeysOf<Fields, 'required'>]: Infer<Fields[K]['shape']>;
} & {
  readonly [K in KeysOf<Fields, 'value' | 'pointer'>]?: Infer<Fields[K]['shape']>;
} & InlineOf<Fields>;

/**
 * Thrown when a rule reads a field that the input holds in a wrong type. A field of a wrong type is neither present nor
 * absent: whoever reads it gets this error, and the evaluator turns it into `unknown`.
 */
export class MalformedField extends Error {
  readonly path: string;
  constructor(path: string, expected: string, found: string) {
    super(`field "${path}" must be ${expected}, found ${found}`);
    this.name = 'MalformedField';
    this.path = path;
  }
}

/** Go's zero value: what a null element of a list stands for. */
export function zeroOf(shape: Shape): unknown {
  switch (shape.kind) {
    case 'list':
      return EMPTY_LIST;
    case 'message':
    case 'map':
      return undefined;
    case 'string':
    case 'time':
      return '';
    case 'boolean':
      return false;
    case 'integer':
      return 0;
  }
}
const EMPTY_LIST: readonly never[] = Object.freeze([]);

/** Whether a decoded value equals Go's zero value, so that a `value` field holding it is absent. */
export function isZero(decoded: unknown): boolean {
  return decoded === '' || decoded === 0 || decoded === false || (Array.isArray(decoded) && decoded.length === 0);
}

/** Defines `key` even where it is `__proto__`, which plain assignment would swallow. */
export function defineEntry(target: Record<string, unknown>, key: string, entry: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value: entry, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = entry;
  }
}

/**
 * A field; undefined where it is malformed. As `readOr` does it, without functions that are made for each call: every pod of a
 * cluster is asked several times.
 */
export function readField<T, Name extends keyof T>(of: T, name: Name): T[Name] | undefined {
  try {
    return of[name];
  } catch (error) {
    if (error instanceof MalformedField) return undefined;
    throw error;
  }
}

/** What `read` gives, or, where it comes upon a malformed field, what `otherwise` makes of that. */
export function readOr<T, E>(read: () => T, otherwise: (malformed: MalformedField) => E): T | E {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedField) return otherwise(error);
    throw error;
  }
}
