import { expect } from 'chai';

import { anonymousPaths } from '../../src/api/v1alpha1/facts.ts';
import type { FactName, FactType } from '../../src/api/v1alpha1/facts.ts';
import { isSameValue, printFactValue, readAttestedValue } from '../../src/core/attested-value.ts';

/** Those that Merlon would ask, each refused. */
const allRefused = anonymousPaths.map((path) => `${path} 401`);

describe('an attested value', () => {
  interface Row {
    readonly name: string;
    readonly fact?: FactName;
    readonly type: FactType;
    readonly written: unknown;
  }
  const good: readonly (Row & { readonly value: unknown })[] = [
    { name: 'is true or false', type: 'boolean', written: false, value: false },
    { name: 'is a whole number', type: 'integer', written: 37, value: 37 },
    { name: 'is 0', type: 'integer', written: 0, value: 0 },
    { name: 'is one of some words', type: { oneOf: ['off', 'on'] }, written: 'on', value: 'on' },
  ];
  for (const { name, type, written, value } of good) {
    it(name, () => {
      expect(readAttestedValue('minorVersion', written, type)).to.deep.equal({ value });
    });
  }

  it('is what each path answers to requests without credentials, 403 only to whoever was taken as somebody', () => {
    const [first, second, ...others] = anonymousPaths;
    const written = [`${first} 200`, `${second} 403`, ...others.map((path) => `${path} 401`)];
    expect(readAttestedValue('anonymousRequests', written)).to.deep.equal({
      value: [
        { path: first, status: 200, namesAnonymousUser: false },
        { path: second, status: 403, namesAnonymousUser: true },
        ...others.map((path) => ({ path, status: 401, namesAnonymousUser: false })),
      ],
    });
  });

  const bad: readonly (Row & { readonly problem: string })[] = [
    {
      name: 'is no text where it is true or false',
      type: 'boolean',
      written: 'true',
      problem: 'is "true", and minorVersion must be true or false',
    },
    {
      name: 'is not null',
      type: 'boolean',
      written: null,
      problem: 'is null, and minorVersion must be true or false',
    },
    {
      name: 'is no fraction',
      type: 'integer',
      written: 1.5,
      problem: 'is 1.5, and minorVersion must be a whole number, 0 or more',
    },
    {
      name: 'is not negative',
      type: 'integer',
      written: -1,
      problem: 'is -1, and minorVersion must be a whole number, 0 or more',
    },
    {
      name: 'is no other word',
      type: { oneOf: ['off', 'on'] },
      written: 'maybe',
      problem: 'is "maybe", and minorVersion must be one of "off", "on"',
    },
    {
      name: 'is no hash of another kind',
      type: 'hash',
      written: 'sha256:abc',
      problem: 'is "sha256:abc", and minorVersion must be none or sha256: and 64 hexadecimal digits',
    },
    {
      name: 'is no single answer',
      type: 'answers',
      written: '/version 401',
      problem:
        'is "/version 401", and minorVersion must be a list of texts as "/version 401", one for each path that Merlon would ask',
    },
    {
      name: 'is no answer without a status',
      type: 'answers',
      written: ['/version'],
      problem:
        'holds "/version", and minorVersion must be a list of texts as "/version 401", one for each path that Merlon would ask',
    },
    {
      name: 'does not say two things of a path',
      type: 'answers',
      written: ['/version 401', '/version 200'],
      problem: 'names "/version" twice',
    },
    {
      name: 'says nothing of a path that Merlon would not ask',
      type: 'answers',
      written: [...allRefused, '/apis 401'],
      problem: `names "/apis"; the paths that Merlon would ask are ${anonymousPaths.join(', ')}`,
    },
    {
      name: 'leaves out no path: what it does not say would read as refused',
      type: 'answers',
      written: allRefused.slice(1),
      problem: `says nothing of /livez; the paths that Merlon would ask are ${anonymousPaths.join(', ')}`,
    },
  ];
  for (const { name, type, written, problem } of bad) {
    it(name, () => {
      expect(readAttestedValue('minorVersion', written, type)).to.deep.equal({ problem });
    });
  }

  it('that is long is quoted in short', () => {
    const read = readAttestedValue('unknownUserAllowed', 'x'.repeat(1_000_000));
    expect('problem' in read && read.problem.length).to.be.lessThan(200);
  });
});

describe('what is attested of anonymous requests', () => {
  const answers = (status: number) => [{ path: '/version', status, namesAnonymousUser: status === 403 }];

  it('is what was observed where every observed path was answered so', () => {
    expect(
      isSameValue('anonymousRequests', answers(403), [{ ...answers(403)[0], namesAnonymousUser: false }]),
    ).to.equal(true);
    expect(isSameValue('anonymousRequests', answers(401), answers(200))).to.equal(false);
  });

  it('is printed as requests and answers', () => {
    expect(printFactValue(answers(401))).to.equal('GET /version 401');
  });
});
