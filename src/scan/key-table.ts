/**
 * Numbers for keys, shared by all documents of a scan: most keys of a cluster are the same few hundred. And which field
 * of a shape a key is, found once for each.
 */
import type { MessageShape, Shape } from '../core/shape.ts';
import { ownText } from './own-text.ts';

export class KeyTable {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #fields = new Map<MessageShape, Map<number, Shape | undefined>>();

  /** @returns undefined for a key that no document has had */
  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#names.length;
    const own = ownText(key);
    this.#numbers.set(own, number);
    this.#names.push(own);
    return number;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }

  /** @returns undefined where the shape has no such field */
  fieldOf(shape: MessageShape, number: number): Shape | undefined {
    let fields = this.#fields.get(shape);
    if (fields === undefined) {
      fields = new Map();
      this.#fields.set(shape, fields);
    }
    const known = fields.get(number);
    if (known !== undefined || fields.has(number)) return known;
    const found = findField(shape, this.nameOf(number));
    fields.set(number, found);
    return found;
  }
}

/** Fields that Go embeds stand in their parent. */
function findField({ fields }: MessageShape, name: string): Shape | undefined {
  const own = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (own !== undefined && own.presence !== 'inline') return own.shape;
  for (const { presence, shape } of Object.values(fields)) {
    const found = presence === 'inline' && shape.kind === 'message' ? findField(shape, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
