/**
 * What a TLS 1.2 server asks of whoever connects, read from what it sent: whether it asks for a client certificate at all,
 * and of which authorities. In TLS 1.3 that is encrypted, and Node shows it in neither.
 *
 * Source: RFC 5246, sections 6.2.1 (records), 7.4 (messages) and 7.4.4 (CertificateRequest).
 */
export interface CertificateRequest {
  readonly isAsked: boolean;
  /** The names of authorities as they were sent (DER), in hexadecimal; none where any will do. */
  readonly authorities: readonly string[];
}

/** More of what a server says before it is agreed to is not kept. */
export const MAX_FLIGHT_BYTES = 64 * 1024;

const [CHANGE_CIPHER_SPEC, HANDSHAKE] = [20, 22];
const [SERVER_HELLO, CERTIFICATE_REQUEST, SERVER_HELLO_DONE] = [2, 13, 14];

/**
 * @param sent from the first byte on, of whoever may have sent anything
 * @returns undefined where it is not the whole first flight of such a server
 */
export function readCertificateRequest(sent: Buffer): CertificateRequest | undefined {
  const messages = new Reader(joinHandshake(sent.subarray(0, MAX_FLIGHT_BYTES)));
  let request: CertificateRequest = { isAsked: false, authorities: [] };
  for (let isFirst = true; ; isFirst = false) {
    const type = messages.take(1)?.[0];
    const body = messages.takeSized(3);
    if (type === undefined || body === undefined || isFirst !== (type === SERVER_HELLO)) return undefined;
    if (type === SERVER_HELLO_DONE) return body.length === 0 ? request : undefined;
    if (type !== CERTIFICATE_REQUEST) continue;
    const authorities = readAuthorities(new Reader(body));
    if (authorities === undefined || request.isAsked) return undefined;
    request = { isAsked: true, authorities };
  }
}

function readAuthorities(body: Reader): readonly string[] | undefined {
  // Types of certificates, and algorithms of signatures.
  if (body.takeSized(1) === undefined || body.takeSized(2) === undefined) return undefined;
  const list = body.takeSized(2);
  if (list === undefined || !body.isAtEnd) return undefined;
  const authorities: string[] = [];
  for (const names = new Reader(list); !names.isAtEnd;) {
    const name = names.takeSized(2);
    if (name === undefined || name.length === 0) return undefined;
    authorities.push(name.toString('hex'));
  }
  return authorities;
}

/** What stands in the records before anything is encrypted; a message may be in several, and several in one. */
function joinHandshake(sent: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (const records = new Reader(sent); ;) {
    const head = records.take(3);
    const part = records.takeSized(2);
    if (head === undefined || part === undefined || head[0] === CHANGE_CIPHER_SPEC) break;
    if (head[0] === HANDSHAKE) parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Takes what is there, and nothing beyond it. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): Buffer | undefined {
    if (this.#at + count > this.#bytes.length) return undefined;
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** What a length of so many bytes stands before. */
  takeSized(lengthBytes: number): Buffer | undefined {
    const length = this.take(lengthBytes);
    return length === undefined ? undefined : this.take(length.readUIntBE(0, lengthBytes));
  }
}
