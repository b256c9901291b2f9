import { expect } from 'chai';
import fc from 'fast-check';

import { classifyEnvironmentValue, isSecretFormat } from '../../src/core/environment-value.ts';

/** Letters of any kind; no secret of anybody. Put together here, so that no scanner of secrets takes this file for a leak. */
function letters(length: number, alphabet = 'aB3dE6gH9'): string {
  return alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);
}
function pem(label: string): string {
  return [`-----BEGIN ${label}-----`, letters(64), `-----END ${label}-----`].join('\n');
}
function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('classifyEnvironmentValue', () => {
  const secrets: readonly (readonly [format: string, sentence: string, value: string])[] = [
    ['a private key', 'a key of PKCS#8', pem('PRIVATE ' + 'KEY')],
    ['a private key', 'a key of RSA', pem('RSA PRIVATE ' + 'KEY')],
    ['a private key', 'a key of OpenSSH, behind other text', `key: |\n${pem('OPENSSH PRIVATE ' + 'KEY')}`],
    ['a private key', 'a key of PGP', pem('PGP PRIVATE ' + 'KEY BLOCK')],
    ['a private key', 'a key on one line', pem('EC PRIVATE ' + 'KEY').replaceAll('\n', '\\n')],
    ['a private key in Base64', 'a key of PKCS#8', base64(pem('PRIVATE ' + 'KEY'))],
    ['a private key in Base64', 'a key of RSA', base64(pem('RSA PRIVATE ' + 'KEY'))],
    ['a private key in Base64', 'a key of EC', base64(pem('EC PRIVATE ' + 'KEY'))],
    ['a private key in Base64', 'a key of DSA', base64(pem('DSA PRIVATE ' + 'KEY'))],
    ['a private key in Base64', 'a key of OpenSSH', base64(pem('OPENSSH PRIVATE ' + 'KEY'))],
    ['a private key in Base64', 'a key with a passphrase', base64(pem('ENCRYPTED PRIVATE ' + 'KEY'))],
    ['an age key', 'a key of age', 'AGE-SECRET-' + 'KEY-1' + letters(58, 'QPZRY9X8')],
    [
      'a JSON Web Token',
      'a token with a signature',
      [base64('{"alg":"none"}'), base64('{"sub":"nobody"}'), letters(43)].join('.').replaceAll('=', ''),
    ],
    [
      'a JSON Web Token',
      'a token in a header',
      'Bearer ' + ['eyJ' + letters(20), 'eyJ' + letters(20), letters(43)].join('.'),
    ],
    ['an AWS access key', 'a key for long', 'AK' + 'IA' + letters(16, 'ABCD2345')],
    ['an AWS access key', 'a key for a while, among others', `id=${'AS' + 'IA' + letters(16, 'ABCD2345')};`],
    ['a GitHub token', 'a personal token', 'gh' + 'p_' + letters(36)],
    ['a GitHub token', 'a token of an app', 'gh' + 's_' + letters(40)],
    ['a GitHub token', 'a fine-grained token', 'github' + '_pat_' + letters(82)],
    ['a GitLab token', 'a personal token', 'gl' + 'pat-' + letters(20)],
    ['a GitLab token', 'a token of a runner', 'gl' + 'rt-' + letters(20)],
    ['a Slack token', 'a token of a bot', 'xo' + 'xb-' + '1234567890-' + letters(24)],
    ['a Slack token', 'a token of an app', 'xa' + 'pp-' + '1-' + letters(40)],
    ['a Slack webhook', 'a webhook', `https://hooks.slack.com/${'serv' + 'ices'}/T0000/B0000/${letters(24)}`],
    ['a Google API key', 'a key', 'AI' + 'za' + letters(35)],
    ['a Google client secret', 'a secret of OAuth', 'GOC' + 'SPX-' + letters(28)],
    ['an Azure client secret', 'a secret of an app', 'abc8' + 'Q~' + letters(34)],
    ['a Stripe key', 'a secret key', 'sk_' + 'live_' + letters(24)],
    ['a Stripe key', 'a restricted key', 'rk_' + 'test_' + letters(24)],
    ['a Stripe key', 'the secret of a webhook', 'wh' + 'sec_' + letters(32)],
    ['an npm token', 'a token', 'np' + 'm_' + letters(36)],
    ['a PyPI token', 'a token', 'py' + 'pi-' + 'AgEIcHlwaS5vcmc' + letters(60)],
    ['a Docker Hub token', 'a personal token', 'dckr' + '_pat_' + letters(27)],
    ['a Vault token', 'a token of a service', 'hv' + 's.' + letters(24)],
    ['a Hugging Face token', 'a token', 'h' + 'f_' + letters(34)],
    ['an OpenAI key', 'a key of a project', 'sk' + '-proj-' + letters(40)],
    ['an OpenAI key', 'a key of before', 'sk' + '-' + letters(20) + 'T3Blbk' + 'FJ' + letters(20)],
    ['an Anthropic key', 'a key', 'sk' + '-ant-' + letters(40)],
    ['a SendGrid key', 'a key', 'S' + 'G.' + letters(22) + '.' + letters(43)],
    ['a DigitalOcean token', 'a personal token', 'do' + 'p_v1_' + letters(64, 'abc123')],
    ['a Databricks token', 'a token', 'da' + 'pi' + letters(32, 'abc123')],
    ['a Grafana token', 'a token of a service account', 'gl' + 'sa_' + letters(32) + '_abc12345'],
    ['a Shopify token', 'a token', 'shp' + 'at_' + letters(32, 'abc123')],
    ['a Telegram token', 'a token of a bot', '1234567890' + ':AA' + letters(33)],
    ['a URL with a password', 'a database', 'postgres://web:hunter2@db:5432/shop'],
    ['a URL with a password', 'a password without a user', 'redis://:hunter2@cache:6379'],
    ['a URL with a password', 'one among other text', '--url=https://web:hunter2@registry.example/'],
    ['a URL with a password', 'the second of two', 'amqp://web:$(PASSWORD)@a,amqp://web:hunter2@b'],
    ['a URL with a password', 'a database by JDBC', 'jdbc:postgresql://web:hunter2@db/shop'],
    ['a URL with a password', 'a password with a slash that nobody escaped', 'postgres://web:hun/ter2@db/shop'],
    ['a URL with a password', 'a password with marks that nobody escaped', 'redis://:hun#ter?2@cache:6379'],
    ['a URL with a password', 'a password with an at sign', 'smtp://web:hunt@r2@mail:25'],
    ['a URL with a password', 'a password that is filled in only in part', 'redis://:hunter$(N)@cache'],
    ['a setting with a password', 'a connection string', 'Server=db;User Id=web;Password=hunter2;'],
    ['a setting with a password', 'a connection string of Azure', `AccountName=web;AccountKey=${letters(86)}==`],
    ['a setting with a password', 'a parameter of a URL', 'jdbc:mysql://db/shop?user=web&password=hunter2'],
    ['a setting with a password', 'an option of Java', '-Xmx1g -Djavax.net.ssl.trustStorePassword=changeit'],
    ['a setting with a password', 'an option of a program', '--level=info --api-key=hunter2'],
    ['a setting with a password', 'a variable within a variable', 'DB_PASSWORD="hunter2"'],
    ['a setting with a password', 'a field of JSON', '{"user": "web", "client_secret" : "hunter2"}'],
  ];
  for (const [format, sentence, value] of secrets) {
    it(`takes for ${format}: ${sentence}`, () => {
      expect(classifyEnvironmentValue(value)).to.equal(format);
      expect(isSecretFormat(format)).to.equal(true);
    });
  }

  const others: readonly (readonly [word: string, value: string])[] = [
    ['reference', '$(POD_IP)'],
    ['reference', '$(HOST):$(PORT)'],
    ['reference', 'Bearer $(TOKEN)'],
    ['reference', '${DB_PASSWORD}'],
    ['reference', '$DB_PASSWORD'],
    ['reference', '{{ .Values.password }}'],
    ['reference', '<password>'],
    ['text', '$ecret'],
    ['text', 'hunter$(N)'],
    ['text', '${DB_PASSWORD:-hunter2}'],
    ['boolean', 'true'],
    ['boolean', 'False'],
    ['boolean', 'disabled'],
    ['number', '8080'],
    ['number', '-1.5'],
    ['number', '1e9'],
    ['number', '0x1F'],
    ['number', '75%'],
    ['number', '512Mi'],
    ['number', '10 GB'],
    ['number', '30s'],
    ['number', '1h30m'],
    ['text', '123abc'],
    ['text', '8x8'],
    ['path', '/'],
    ['path', '/run/secrets/db/password'],
    ['path', './config.yaml'],
    ['path', '../etc/$(NAME)'],
    ['path', '~/.ssh/id_rsa'],
    ['path', '/opt/2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae/bin'],
    ['path', 'C:\\ProgramData\\web'],
    ['text', `/${letters(39)}`],
    ['text', '/a+b=='],
    ['url', 'https://registry.example:5000/web'],
    ['url', 'https://web@registry.example/'],
    ['url', 'https://web:@registry.example/'],
    ['url', 'https://web:$(PASSWORD)@registry.example/'],
    ['url', 'https://web:${PASSWORD}@registry.example/'],
    ['url', 'https://web:<password>@registry.example/'],
    ['url', 'https://registry.example/~web:team@latest'],
    ['url', 'https://registry.example:8443/@scope/web'],
    ['url', 'https://registry.example:$(PORT)/@scope/web'],
    ['url', 'https://[fe80::1]:8443/@scope/web'],
    ['url', 'http://a:8080,http://b:8080/@scope'],
    ['url', 'ssh://git@git.example:22/team/web.git'],
    ['url', 'https://registry.example/?token=$(TOKEN)'],
    ['text', 'git@git.example:team/web.git'],
    ['text', '--password-file=/run/secrets/password'],
    ['text', '--password=/run/secrets/password'],
    ['text', '--require-password=true'],
    ['text', 'password='],
    ['text', 'password= '],
    ['text', 'Enter the password: then press return'],
    ['text', '--tls-secret=ingress-tls'],
    ['text', pem('CERTIFICATE')],
    ['text', pem('PUBLIC KEY')],
    ['text', base64(pem('CERTIFICATE'))],
    ['text', 'ghp_short'],
    ['text', 'sk-learn'],
    ['text', 'hunter2'],
    ['text', 'correct horse battery staple'],
    ['text', 'пароль'],
    ['text', '😀'],
    ['text', '\ud800'],
    ['text', ' '],
  ];
  for (const [word, value] of others) {
    it(`takes ${JSON.stringify(value)} for a ${word}`, () => {
      expect(classifyEnvironmentValue(value)).to.equal(word);
      expect(isSecretFormat(word)).to.equal(false);
    });
  }

  it('finds a secret at the end of a long text', () => {
    const long = 'lorem ipsum '.repeat(100_000);
    expect(classifyEnvironmentValue(`${long}${'gh' + 'p_' + letters(36)}`)).to.equal('a GitHub token');
    expect(classifyEnvironmentValue(`${long}redis://:hunter2@cache`)).to.equal('a URL with a password');
  });

  it('takes time in proportion to the length, whatever is written', () => {
    const pieces = [
      ...['a', 'A', '1', ' ', '\n', '/', '@', ':', '=', '"', '$', '<', '>', '+', '-', '.', '%', '_', 'é', '😀'],
      ...['a ', 'A ', '1s', '1.', '/a', 'a.', 'a-', 'a:', '$(', '${', '{{', '{{}}', '<>', '$A', '$(A)', '"\n', 'Q~'],
      ...['://', '://a:', '://a:b/', '://a:b@', '://a:b?@', 'a://,', 'u:p@', 'eyJ', '-eyJ', 'eyJaaaaaaaaaaa.', '1Q~'],
      ...['-----BEGIN ', '-----BEGIN A ', 'LS0tLS1CRUdJTi', 'hooks.slack.com/services/a/', '12345678:', ':AA', 'SG.'],
      ...['password', 'password=', 'password=a', 'password"   ', '"password" : ', 'bearer ', 'token=true', 'key=./'],
    ];
    // Any of them would take minutes if it were tried in more ways than one.
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(300_000 / piece.length));
      for (const value of [text, `${text}!`, `${text}@`, `x://${text}`, `/${text}`]) classifyEnvironmentValue(value);
    }
  }).timeout(120_000);

  it('says one of its words of any text, and never a part of the text', () => {
    const words = ['reference', 'boolean', 'number', 'path', 'url', 'text'];
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.base64String(), fc.json()), (value) => {
        const word = classifyEnvironmentValue(value);
        expect(isSecretFormat(word) || words.includes(word)).to.equal(true);
      }),
    );
  });
});
