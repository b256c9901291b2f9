/**
 * Names in certificates as they are written (DER): to find the same name again, and to show it to people.
 *
 * Source: RFC 5280, section 4.1 and appendix A.1; X.690.
 */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
  readonly rest: Buffer;
}

const [SEQUENCE, SET, OBJECT_ID, VERSION] = [0x30, 0x31, 0x06, 0xa0];
/** By which a name is called, the best first: common name, organization. */
const attributes = ['550403', '55040a'];
/** UTF8String, PrintableString, IA5String. */
const textTags = [0x0c, 0x13, 0x16];
const MAX_NAME = 64;
/** Nobody has more parts in a name. */
const MAX_PARTS = 20;

/** @param certificate DER. @returns DER in hexadecimal; undefined where it is no certificate */
export function subjectOf(certificate: Buffer): string | undefined {
  const signed = readElement(certificate);
  const body = signed?.tag === SEQUENCE ? readElement(signed.content) : undefined;
  if (body?.tag !== SEQUENCE) return undefined;
  let next = readElement(body.content);
  if (next?.tag === VERSION) next = readElement(next.rest);
  // After the serial number: algorithm, issuer, validity, subject.
  for (let left = 4; left > 0 && next !== undefined; left -= 1) next = readElement(next.rest);
  return next?.tag === SEQUENCE ? next.whole.toString('hex') : undefined;
}

/** @param name DER in hexadecimal, of whoever may have sent anything. @returns undefined where it is nothing to be shown */
export function printName(name: string): string | undefined {
  const sequence = readElement(Buffer.from(name, 'hex'));
  if (sequence?.tag !== SEQUENCE) return undefined;
  const found = new Map<string, string>();
  let part = readElement(sequence.content);
  for (let left = MAX_PARTS; part !== undefined && left > 0; left -= 1) {
    const pair = part.tag === SET ? readElement(part.content) : undefined;
    const type = pair?.tag === SEQUENCE ? readElement(pair.content) : undefined;
    const value = type?.tag === OBJECT_ID ? readElement(type.rest) : undefined;
    if (type !== undefined && value !== undefined && textTags.includes(value.tag)) {
      found.set(type.content.toString('hex'), value.content.toString('utf8'));
    }
    part = readElement(part.rest);
  }
  const text = attributes.map((one) => found.get(one)).find((one) => one !== undefined);
  return text !== undefined && text.length <= MAX_NAME && /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

function readElement(bytes: Buffer): Element | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return undefined;
  // From 128 on it says how many bytes say the length.
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (lengthBytes > 4 || first === 0x80 || bytes.length < 2 + lengthBytes) return undefined;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  const end = start + length;
  if (end > bytes.length) return undefined;
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end), rest: bytes.subarray(end) };
}
