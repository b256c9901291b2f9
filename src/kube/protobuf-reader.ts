/**
 * Reads protobuf's wire format from a buffer, never beyond the end that it was given: whatever the bytes say, the
 * result is a value or a `ProtocolError`.
 *
 * Source: protobuf.dev, "Encoding"; Kubernetes' gogo-generated code for what counts as an error.
 */
import { ProtocolError } from './protocol-error.ts';

/** The low three bits of a tag. */
export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const FIXED32 = 5;

export class ProtobufReader {
  readonly #bytes: Buffer;
  /** Of the next byte to read. */
  position: number;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** @returns field number and wire type as they are on the wire: `number << 3 | type` */
  readTag(end: number): number {
    const tag = this.readUnsigned(end);
    if (tag >>> 3 === 0 || tag > 0xffffffff) throw new ProtocolError(`field number 0 at byte ${this.position}`);
    return tag;
  }

  /** A varint as a number; above 2^53 the nearest one that JavaScript has. */
  readUnsigned(end: number): number {
    const bytes = this.#bytes;
    const first = bytes[this.position];
    if (first !== undefined && first < 0x80 && this.position < end) {
      this.position += 1;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 10; length += 1) {
      const byte = this.#readByte(end);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new ProtocolError(`a varint of more than 10 bytes before byte ${this.position}`);
  }

  /** An int32 or int64, in two's complement; beyond 2^53 the nearest number that JavaScript has. */
  readInteger(end: number): number {
    const first = this.#bytes[this.position];
    if (first !== undefined && first < 0x80 && this.position < end) {
      this.position += 1;
      return first;
    }
    let low = 0;
    let high = 0;
    for (let length = 0; length < 10; length += 1) {
      const byte = this.#readByte(end);
      const bits = byte & 0x7f;
      const shift = length * 7;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >> 4;
      } else if (shift < 64) high |= bits << (shift - 32);
      if (byte < 0x80) return high * 0x1_0000_0000 + (low >>> 0);
    }
    throw new ProtocolError(`a varint of more than 10 bytes before byte ${this.position}`);
  }

  /** @returns where the delimited field that starts here ends */
  readLength(end: number): number {
    const length = this.readUnsigned(end);
    const fieldEnd = this.position + length;
    if (fieldEnd > end) {
      throw new ProtocolError(`a field of ${length} bytes where ${end - this.position} are left`);
    }
    return fieldEnd;
  }

  readString(end: number): string {
    const stringEnd = this.readLength(end);
    // Kubernetes writes most of its strings also where they are empty.
    if (stringEnd === this.position) return '';
    const text = this.#bytes.toString('utf8', this.position, stringEnd);
    this.position = stringEnd;
    return text;
  }

  readBytes(end: number): Buffer {
    const bytesEnd = this.readLength(end);
    const bytes = this.#bytes.subarray(this.position, bytesEnd);
    this.position = bytesEnd;
    return bytes;
  }

  /** Steps over a field's value. */
  skip(wireType: number, end: number): void {
    switch (wireType) {
      case VARINT:
        this.readUnsigned(end);
        return;
      case DELIMITED:
        this.position = this.readLength(end);
        return;
      case FIXED64:
        this.#advance(8, end);
        return;
      case FIXED32:
        this.#advance(4, end);
        return;
      default:
        throw new ProtocolError(`wire type ${wireType} at byte ${this.position}`);
    }
  }

  #readByte(end: number): number {
    const byte = this.position < end ? this.#bytes[this.position] : undefined;
    if (byte === undefined) throw new ProtocolError(`the message ends within a varint, at byte ${this.position}`);
    this.position += 1;
    return byte;
  }

  #advance(length: number, end: number): void {
    if (this.position + length > end) throw new ProtocolError(`the message ends within a field of ${length} bytes`);
    this.position += length;
  }
}
