import { expect } from 'chai';
import fc from 'fast-check';

import { parseImageReference } from '../../../src/rules/lib/image-reference.ts';

const hex = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
const sha256 = `sha256:${hex}`;

/** `registry repository tag digest`, the latter two where there are; with `*` where no registry was written. */
function print(text: string): string {
  const reference = parseImageReference(text);
  if (reference === undefined) return 'invalid';
  const { registry, repository, tag = '-', digest = '-', isShort } = reference;
  return `${registry}${isShort ? '*' : ''} ${repository} ${tag} ${digest}`;
}

describe('parseImageReference', () => {
  const valid: readonly (readonly [sentence: string, text: string, printed: string])[] = [
    ['a name alone is an official image of Docker Hub', 'nginx', 'docker.io* library/nginx - -'],
    ['a path is one of Docker Hub', 'bitnami/nginx:1', 'docker.io* bitnami/nginx 1 -'],
    ['a deep path is one of Docker Hub', 'a/b/c', 'docker.io* a/b/c - -'],
    ['Docker Hub completes a name also where it is written', 'docker.io/nginx', 'docker.io library/nginx - -'],
    ['Docker Hub leaves a path alone', 'docker.io/library/nginx', 'docker.io library/nginx - -'],
    ['the old name of Docker Hub is Docker Hub', 'index.docker.io/nginx', 'docker.io library/nginx - -'],
    ['the host that serves Docker Hub is another registry', 'registry-1.docker.io/a', 'registry-1.docker.io a - -'],
    ['a first part with a dot is a registry', 'registry.example/team/web:7', 'registry.example team/web 7 -'],
    ['no other registry completes a name', 'registry.example/web', 'registry.example web - -'],
    ['a first part with a port is a registry', 'registry:5000/web', 'registry:5000 web - -'],
    ['without a path what looks like a port is a tag', 'registry:5000', 'docker.io* library/registry 5000 -'],
    ['without a path what looks like a host is a name', 'registry.example', 'docker.io* library/registry.example - -'],
    ['localhost is a registry', 'localhost/web', 'localhost web - -'],
    ['localhost alone is an image', 'localhost:5000', 'docker.io* library/localhost 5000 -'],
    ['another word is none', 'localhost2/web', 'docker.io* localhost2/web - -'],
    ['no path is in capitals, so that it must be a registry', 'LOCALHOST/web', 'localhost web - -'],
    ['a registry is the same in capitals', 'Registry.Example:5000/web', 'registry.example:5000 web - -'],
    ['Docker Hub in capitals completes no name', 'Docker.io/web', 'docker.io web - -'],
    ['an address is a registry', '127.0.0.1/web', '127.0.0.1 web - -'],
    ['an address of IPv6 is a registry', '[FE80::1]:5000/web', '[fe80::1]:5000 web - -'],
    ['a host may have an underscore, with nobody else', 'foo_bar.example/web', 'foo_bar.example web - -'],
    ['a digest chooses the content', `web@${sha256}`, `docker.io* library/web - ${sha256}`],
    ['beside a tag too', `registry.example/web:7@${sha256}`, `registry.example web 7 ${sha256}`],
    ['a digest of SHA-384', `web@sha384:${'0'.repeat(96)}`, `docker.io* library/web - sha384:${'0'.repeat(96)}`],
    ['a digest of SHA-512', `web@sha512:${'f'.repeat(128)}`, `docker.io* library/web - sha512:${'f'.repeat(128)}`],
    ['a tag keeps its case', 'web:V1_2.3-RC', 'docker.io* library/web V1_2.3-RC -'],
    ['a path may have dots, dashes and one or two underscores', 'a.b/c--d/e__f.g', 'a.b c--d/e__f.g - -'],
    ['63 hexadecimal digits are a name', hex.slice(1), `docker.io* library/${hex.slice(1)} - -`],
  ];
  for (const [sentence, text, printed] of valid) {
    it(sentence, () => {
      expect(print(text)).to.equal(printed);
    });
  }

  const invalid: readonly (readonly [sentence: string, text: string])[] = [
    ['nothing', ''],
    ['a space', ' '],
    ['a space before', ' nginx'],
    ['a line feed behind', 'nginx\n'],
    ['a name in capitals', 'Nginx'],
    ['a path in capitals', 'registry.example/Team/web'],
    ['an image id, which no registry knows', hex],
    ['an empty tag', 'nginx:'],
    ['two tags', 'nginx:1:2'],
    ['a tag that begins with a dot', 'nginx:.1'],
    ['a tag of 129 characters', `nginx:${'1'.repeat(129)}`],
    ['an empty digest', 'nginx@'],
    ['a digest that is too short', `nginx@sha256:${hex.slice(1)}`],
    ['a digest in capitals', `nginx@sha256:${hex.toUpperCase()}`],
    ['a digest of MD5', `nginx@md5:${hex.slice(32)}`],
    ['a digest of an algorithm in capitals', `nginx@SHA256:${hex}`],
    ['a tag behind a digest', `nginx@${sha256}:1`],
    ['two digests', `nginx@${sha256}@${sha256}`],
    ['an empty part', 'registry.example//web'],
    ['a slash behind', 'registry.example/web/'],
    ['a slash before', '/web'],
    ['a registry alone', 'registry.example/'],
    ['a port without a host', ':5000/web'],
    ['a port that is no number', 'registry:port/web'],
    ['a part that goes upwards', 'registry.example/../web'],
    ['three underscores', 'a___b'],
    ['a dash at the end', 'web-'],
    ['a host that begins with a dash', '-registry.example/web'],
    ['a zone of IPv6', '[fe80::1%eth0]/web'],
    ['a user before the registry', 'user:password@registry.example/web'],
    ['a scheme', 'https://registry.example/web'],
    ['a variable of a template', '{{ .Values.image }}'],
    ['a variable of a shell', '${REGISTRY}/web'],
    ['letters that only look Latin', 'nginх'],
    ['the sign for kelvin, whose lower case is Latin', 'registry.example/\u212A'],
    ['the sign for kelvin in a host', 'registry.\u212A/web'],
    ['a long s', 'regi\u017Ftry.example/web'],
    ['a dotless capital whose lower case is two characters', '\u0130.example/web'],
    ['an emoji', 'web:😀'],
    ['half a surrogate pair', 'web\ud800'],
    ['a NUL', 'web\u0000'],
    ['a mark that turns the direction of writing', 'registry.example/\u202Eweb'],
  ];
  for (const [sentence, text] of invalid) {
    it(`is no image: ${sentence}`, () => {
      expect(print(text)).to.equal('invalid');
    });
  }

  it('a repository has at most 255 characters', () => {
    expect(print(`registry.example/${'a'.repeat(255)}`)).to.match(/^registry\.example a+ - -$/);
    expect(print(`registry.example/${'a'.repeat(256)}`)).to.equal('invalid');
    expect(print(`foo_bar.example/${'a'.repeat(239)}`)).to.match(/^foo_bar\.example a+ - -$/);
    expect(print(`foo_bar.example/${'a'.repeat(240)}`)).to.equal('invalid');
  });

  it('takes time in proportion to the length, whatever is written', () => {
    const long = ['a', 'a-', '-', 'a.', '.', 'a_', '__', 'a/', '/', 'a:', ':', '@', 'a@', '[::', 'A', '😀'].flatMap(
      (piece) => {
        const text = piece.repeat(200_000);
        return [text, `${text}/web`, `registry.example/${text}`, `web:${text}`, `web@sha256:${text}`];
      },
    );
    // Any of them would take minutes if it were tried in more ways than one.
    for (const text of long) parseImageReference(text);
  }).timeout(20_000);

  it('what is written in full means the same', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,5}([._-][a-z0-9]{1,3})?$/);
    const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const suffix = fc.constantFrom('', ':1', ':latest', `@${sha256}`, `:1@${sha256}`);
    fc.assert(
      fc.property(name, suffix, (path, behind) => {
        const reference = parseImageReference(path + behind);
        expect(reference).not.to.equal(undefined);
        const { registry, repository } = reference ?? { registry: '', repository: '' };
        expect(parseImageReference(`${registry}/${repository}${behind}`)).to.deep.equal({
          ...reference,
          isShort: false,
        });
      }),
    );
  });
});
