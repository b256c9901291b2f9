/**
 * What a value of an environment variable is taken for. The value itself may be a password, so this word is all that is
 * kept of it: it cannot be printed, logged or stored by anybody.
 *
 * Formats of secrets are those whose issuers gave them a recognisable form (private keys of RFC 7468, JSON Web Tokens of
 * RFC 7519, the prefixes that AWS, GitHub, GitLab and others document for secret scanning), URLs of RFC 3986 with a
 * password, and settings that name one. Whoever creates a pod chooses every character: no expression below may try a
 * long value in more ways than one.
 */

/** `text` is anything that is none of the others. */
export type EnvironmentValueClass = 'reference' | 'boolean' | 'number' | 'path' | 'url' | 'text' | SecretFormat;

/** In words for people: `the value is …`. */
export type SecretFormat = (typeof tokenFormats)[number][0] | 'a URL with a password' | 'a setting with a password';

/** Prefix by prefix, with as many characters behind as make it unmistakable, and no more: how long it is does not matter. */
const tokenFormats = [
  ['a private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  // The same in Base64, whole or behind the name of an algorithm.
  [
    'a private key in Base64',
    /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFURS|BFQyBQUklWQVRF|BEU0EgUFJJVkFURS|BPUEVOU1NIIFBSSVZBVEUg|BFTkNSWVBURUQgUFJJVkFURS)/,
  ],
  ['an age key', /\bAGE-SECRET-KEY-1[A-Z0-9]{30}/],
  // From the beginning of a run only: from each place in it, it would take the square of its length.
  ['a JSON Web Token', /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22})/],
  ['a GitLab token', /\bgl(?:pat|dt|rt|cbt|ptt|oas|agent|soat|ft|imt)-[\w-]{20}/],
  ['a Slack token', /\b(?:xox[abeoprs]-[\w-]{10}|xapp-[\w-]{20})/],
  ['a Slack webhook', /hooks\.slack\.com\/(?:services|workflows|triggers)\/\w+\/\w+\/\w/],
  ['a Google API key', /\bAIza[\w-]{35}/],
  ['a Google client secret', /\bGOCSPX-[\w-]{20}/],
  ['an Azure client secret', /[\w~.]{3}\dQ~[\w~.-]{31}/],
  ['a Stripe key', /\b(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{16}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}/],
  ['a PyPI token', /\bpypi-AgE[\w-]{40}/],
  ['a Docker Hub token', /\bdckr_[po]at_[\w-]{20}/],
  ['a Vault token', /\bhv[bsr]\.[\w-]{24}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{34}/],
  ['an OpenAI key', /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{20}|[A-Za-z0-9]{20}T3BlbkFJ)/],
  ['an Anthropic key', /\bsk-ant-[\w-]{20}/],
  ['a SendGrid key', /\bSG\.[\w-]{22}\.[\w-]{43}/],
  ['a DigitalOcean token', /\bdo[opr]_v1_[a-f0-9]{64}/],
  ['a Databricks token', /\bdapi[a-f0-9]{32}/],
  ['a Grafana token', /\bgl(?:c|sa)_[\w+/]{32}/],
  ['a Shopify token', /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/],
  ['a Telegram token', /\b\d{8,10}:AA[\w-]{33}/],
] as const satisfies readonly (readonly [string, RegExp])[];

const secretSettings = [
  '(?:keystore|truststore)?passw(?:or)?d',
  'pwd',
  '(?:access|auth|bearer|refresh)?token',
  '(?:client|app|consumer)[_-]?secret',
  '(?:account|api|access|secret|private|sharedaccess)[_-]?key',
];
/** `password=…`, `"client_secret": "…"`; not where a reference, a path, a word such as "true" or too little follows. */
const SETTING = new RegExp(
  String.raw`(?<![a-z0-9])(?:${secretSettings.join('|')})(?:=|["']\s*:\s*)["']?` +
    String.raw`(?!\$[({A-Z_]|\{\{|<|\.{0,2}/|~/|(?:true|false|yes|no|null|none)\b)[^\s;&,'"]{4}`,
  'i',
);

/** What stands for a value that somebody else fills in: the kubelet, a shell, a template, or a reader. */
const REFERENCE = /\$\([^()]*\)|\$\{[^{}:]*\}|\{\{[^{}]*\}\}|<[^<>]*>|\$[A-Z_][A-Z0-9_]*(?!\w)/g;
/** What may stand around it without being a secret. */
const AROUND_REFERENCES = /^(?:bearer |basic |token )?[\s!-/:-@[-`{-~]*$/i;

/** All of them at once, because most values are none. */
const anyToken = new RegExp(tokenFormats.map(([, { source }]) => source).join('|'));

/** @returns an EnvironmentValueClass */
export function classifyEnvironmentValue(text: string): EnvironmentValueClass {
  const token = anyToken.test(text) ? tokenFormats.find(([, pattern]) => pattern.test(text)) : undefined;
  if (token !== undefined) return token[0];
  if (hasPasswordInUrl(text)) return 'a URL with a password';
  if (/[="']/.test(text) && SETTING.test(text)) return 'a setting with a password';
  if (isReference(text)) return 'reference';
  if (/^(?:true|false|yes|no|on|off|enabled|disabled)$/i.test(text)) return 'boolean';
  if (isNumber(text)) return 'number';
  if (isPath(text)) return 'path';
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text)) return 'url';
  return 'text';
}

const secretFormats: ReadonlySet<string> = new Set<SecretFormat>([
  ...tokenFormats.map(([format]) => format),
  'a URL with a password',
  'a setting with a password',
]);

export function isSecretFormat(word: string): word is SecretFormat {
  return secretFormats.has(word);
}

/** Whether any URL in it has a password that is not filled in by others. */
function hasPasswordInUrl(text: string): boolean {
  return text.includes('://') && text.split(/\s+/).some(hasPasswordInWord);
}

function hasPasswordInWord(word: string): boolean {
  const lastAt = word.lastIndexOf('@');
  let start = word.indexOf('://');
  while (start !== -1 && start < lastAt) {
    start += 3;
    const length = word.slice(start, lastAt + 1).search(/[/?#]/);
    const end = length === -1 ? lastAt + 1 : start + length;
    if (isLogin(word.slice(start, end))) return true;
    // In a list the colon of the next scheme is behind this host: `a://b,c://d`.
    start = word.indexOf('://', end - 1);
  }
  return false;
}

/**
 * @param authority what is between `//` and the next `/`, `?` or `#` of a text in which an `@` follows: without one of
 *   its own the password may hold that character, which people forget to escape
 */
function isLogin(authority: string): boolean {
  const colon = authority.indexOf(':');
  const at = authority.lastIndexOf('@');
  if (colon === -1 || authority.startsWith('[')) return false;
  if (at !== -1) return colon < at && isFilledIn(authority.slice(colon + 1, at));
  const port = authority.slice(colon + 1);
  // Of a list the next URL may have the login.
  return !/^\d*(?:,|$)/.test(port) && isFilledIn(port);
}

function isFilledIn(password: string): boolean {
  return password !== '' && !isReference(password);
}

function isReference(text: string): boolean {
  if (!/[$<{]/.test(text)) return false;
  const rest = text.replaceAll(REFERENCE, '');
  return rest.length < text.length && AROUND_REFERENCES.test(rest);
}

/** An amount, with its unit, or a duration of several. */
function isNumber(text: string): boolean {
  if (!/^[+-]?\d/.test(text)) return false;
  return (
    /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,3}|%| ?(?:[kmgtpe]i?b?|b|bytes))?$/i.test(text) ||
    /^0x[0-9a-f]{1,8}$/i.test(text) ||
    /^(?:\d+(?:\.\d+)?(?:ns|us|\u00b5s|ms|s|m|h|d|w|y))+$/i.test(text)
  );
}

/** Base64 begins with a slash now and then, and has what few paths have. */
function isPath(text: string): boolean {
  return /^(?:~|\.\.?)?\/[\w./@%:,~$(){}-]*$/.test(text) ? !isRandom(text) : /^[a-z]:[\\/][\w.\\/ -]*$/i.test(text);
}

/** Whether a part of it mixes capitals, small letters and digits for longer than a name does. */
function isRandom(text: string): boolean {
  return text.split(/[^A-Za-z0-9]/).some((part) => {
    return part.length >= 20 && /[A-Z]/.test(part) && /[a-z]/.test(part) && /\d/.test(part);
  });
}
