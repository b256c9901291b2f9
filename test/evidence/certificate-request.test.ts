import { expect } from 'chai';
import fc from 'fast-check';

import { MAX_FLIGHT_BYTES, readCertificateRequest } from '../../src/evidence/certificate-request.ts';

const [HELLO, CERTIFICATE, REQUEST, DONE] = [2, 11, 13, 14];

function sized(lengthBytes: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([length, content]);
}

function message(type: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([type]), sized(3, ...parts)]);
}

function record(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 3]), sized(2, ...parts)]);
}

function request(...names: readonly string[]): Buffer {
  const list = names.map((name) => sized(2, Buffer.from(name, 'hex')));
  return message(REQUEST, sized(1, Buffer.from([64])), sized(2, Buffer.from([4, 3])), sized(2, ...list));
}

const hello = message(HELLO, Buffer.alloc(40));
const certificate = message(CERTIFICATE, Buffer.alloc(900));
const done = message(DONE);
const flight = record(hello, certificate, request('3000', '300131'), done);
const changeCipherSpec = Buffer.from([20, 3, 3, 0, 1, 1]);

describe('what a TLS 1.2 server asks of clients', () => {
  it('is a certificate of the authorities that it names', () => {
    expect(readCertificateRequest(flight)).to.deep.equal({ isAsked: true, authorities: ['3000', '300131'] });
  });

  it('is nothing where it does not ask', () => {
    expect(readCertificateRequest(record(hello, certificate, done))).to.deep.equal({ isAsked: false, authorities: [] });
  });

  it('is any certificate where it names nobody', () => {
    expect(readCertificateRequest(record(hello, request(), done))).to.deep.equal({ isAsked: true, authorities: [] });
  });

  it('is read wherever records begin and end', () => {
    const whole = Buffer.concat([hello, certificate, request('3000'), done]);
    const pieces = Array.from({ length: Math.ceil(whole.length / 7) }, (_, index) =>
      record(whole.subarray(index * 7, index * 7 + 7)),
    );
    expect(readCertificateRequest(Buffer.concat(pieces))).to.deep.equal({ isAsked: true, authorities: ['3000'] });
  });

  it('is not looked for in what is encrypted', () => {
    const encrypted = Buffer.concat([record(hello), changeCipherSpec, record(request('3000'), done)]);
    expect(readCertificateRequest(encrypted)).to.equal(undefined);
    const after = Buffer.concat([record(hello, done), changeCipherSpec, record(request('3000'))]);
    expect(readCertificateRequest(after)).to.deep.equal({ isAsked: false, authorities: [] });
  });

  const rows: readonly (readonly [string, Buffer])[] = [
    ['is unknown where nothing was sent', Buffer.alloc(0)],
    ['is unknown where a web server without TLS answers', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['is unknown where the flight is not at its end', flight.subarray(0, -1)],
    ['is unknown without a server’s hello', record(request('3000'), done)],
    ['is unknown with two of them', record(hello, hello, done)],
    ['is unknown where it asks twice', record(hello, request('3000'), request('3000'), done)],
    ['is unknown where a name is empty', record(hello, request(''), done)],
    [
      'is unknown where a name is longer than the list',
      record(hello, message(REQUEST, sized(1), sized(2), sized(2, Buffer.from([0, 9, 1]))), done),
    ],
    [
      'is unknown where more stands behind the list',
      record(hello, message(REQUEST, sized(1), sized(2), sized(2), Buffer.from([1])), done),
    ],
  ];
  for (const [what, sent] of rows) {
    it(what, () => {
      expect(readCertificateRequest(sent)).to.equal(undefined);
    });
  }

  it('is unknown where a server says more than anybody keeps', () => {
    const endless = Array.from({ length: 80 }, () => record(certificate));
    const sent = Buffer.concat([record(hello), ...endless, record(done)]);
    expect(sent.length).to.be.greaterThan(MAX_FLIGHT_BYTES);
    expect(readCertificateRequest(sent)).to.equal(undefined);
  });

  it('is read of no bytes in such a way that it throws, or names what was not sent', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const damaged = fc.tuple(fc.nat(flight.length - 1), fc.nat(255)).map(([at, byte]) => {
      const copy = Buffer.from(flight);
      copy[at] = byte;
      return copy;
    });
    fc.assert(
      fc.property(
        fc.oneof(
          bytes.map((some) => Buffer.from(some)),
          bytes.map((some) => record(hello, Buffer.from(some))),
          damaged,
        ),
        (sent) => {
          const names = readCertificateRequest(sent)?.authorities ?? [];
          const text = sent.toString('hex');
          return names.every((name) => text.includes(name));
        },
      ),
      { numRuns: 5000 },
    );
  });
});
