/**
 * Objects as the API server holds them: what rules read in its canonical form, and all the fields that nobody reads.
 * A rule must say the same of them as of their projection.
 */
import type { MessageShape, Shape } from '../../src/core/shape.ts';

/**
 * @param json the object that `projected` was projected from
 * @returns `projected` and every field of `json` that the shape does not name
 */
export function wholeObject(shape: Shape, json: unknown, projected: unknown): unknown {
  switch (shape.kind) {
    case 'message':
      return wholeMessage(shape, asRecord(json), asRecord(projected));
    case 'list':
      return wholeList(shape.of, json, projected);
    case 'map':
      // An amount of zero is no amount, in whatever form it is held.
      if (shape.ofQuantities === true) return projected;
      return Object.defineProperties({ ...asRecord(json) }, Object.getOwnPropertyDescriptors(asRecord(projected)));
    case 'string':
    case 'boolean':
    case 'integer':
    case 'time':
      return projected;
  }
}

function wholeMessage(shape: MessageShape, json: Record<string, unknown>, projected: object): unknown {
  const fields = fieldsOf(shape);
  const unread = Object.entries(json).filter(([name]) => !fields.has(name));
  const whole: object = Object.fromEntries(unread);
  for (const [name, descriptor] of Object.entries<PropertyDescriptor>(Object.getOwnPropertyDescriptors(projected))) {
    const field = fields.get(name);
    if (field === undefined) throw new Error(`"${name}" is projected and stands in no shape`);
    Object.defineProperty(whole, name, wholeProperty(field, json[name], descriptor));
  }
  return whole;
}

function wholeList(of: Shape, json: unknown, projected: unknown): readonly unknown[] {
  const whole: unknown[] = [];
  const elements = Array.isArray(json) ? (json as readonly unknown[]) : [];
  for (const [index, descriptor] of Object.entries<PropertyDescriptor>(Object.getOwnPropertyDescriptors(projected))) {
    if (index === 'length') continue;
    Object.defineProperty(whole, index, wholeProperty(of, elements[Number(index)], descriptor));
  }
  return whole;
}

/** A malformed field throws in the whole object too. */
function wholeProperty(shape: Shape, json: unknown, descriptor: PropertyDescriptor): PropertyDescriptor {
  return descriptor.get === undefined
    ? { ...descriptor, value: wholeObject(shape, json, descriptor.value) }
    : descriptor;
}

/** The fields of a message by their name in JSON, those of embedded messages included. */
function fieldsOf(shape: MessageShape): ReadonlyMap<string, Shape> {
  return new Map(
    Object.entries(shape.fields).flatMap(([name, field]) =>
      field.presence === 'inline' ? [...fieldsOf(field.shape as MessageShape)] : [[name, field.shape] as const],
    ),
  );
}

function asRecord(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : {};
}
