/**
 * A password that stands in a manifest is read by everybody who may read the pod, its owner or the repository of either,
 * and it is printed by crash reports and debuggers with the rest of the environment.
 *
 * Of each value only its class is kept (`core/environment-value.ts`), so this rule cannot tell the secret on to anybody.
 *
 * Source: https://kubernetes.io/docs/concepts/security/secrets-good-practices/; CIS Kubernetes 5.4.1; OWASP Kubernetes
 * Top Ten, K08 "Secrets Management Failures".
 */
import { isSecretFormat } from '../../core/environment-value.ts';
import type { Container } from '../../core/pod-shape.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { findContainers } from '../../core/containers.ts';
import { rememberAnswers } from '../lib/recent-answers.ts';
import { endsInWord, hasWord } from '../lib/words-of-name.ts';

const words = {
  type: 'array',
  'x-kubernetes-list-type': 'set',
  maxItems: 128,
  items: { type: 'string', maxLength: 64, pattern: '^[A-Za-z][A-Za-z0-9_-]*$' },
} as const;

const secretNames: readonly string[] = [
  ...['password', 'passwd', 'passphrase', 'passcode', 'pass', 'pwd', 'pgpassword'],
  ...['secret', 'token', 'credential', 'credentials'],
  ...['api_key', 'access_key', 'account_key', 'private_key', 'signing_key', 'encryption_key', 'master_key'],
];
const harmlessEndings: readonly string[] = [
  ...['name', 'file', 'path', 'dir', 'directory', 'mount', 'url', 'uri', 'host', 'port', 'address', 'endpoint'],
  ...['service', 'server', 'namespace', 'type', 'kind', 'provider', 'backend', 'store', 'issuer', 'audience'],
  ...['scope', 'scopes', 'algorithm', 'method', 'policy', 'header', 'field', 'claim', 'prefix', 'suffix'],
  ...['format', 'mode', 'ttl', 'expiry', 'lifetime', 'interval', 'ref'],
];

export const environmentSecrets = defineRule({
  id: 'pod-environment-secrets',
  title: 'Environment variables must not hold passwords, tokens or keys in plain text',
  severity: 'high',
  severityReason:
    'A value in the format of a secret is one that anybody can use who sees the manifest; where only the name says so it is medium.',
  subject: 'Workload',
  controls: ['cis-1.12/5.4.1', 'nsa/network-separation-and-hardening'],
  params: {
    type: 'object',
    properties: {
      names: {
        ...words,
        default: secretNames,
        description:
          'Words that make a variable one that should hold a secret. They are looked for between the bounds of words and in any spelling: "api_key" is found in API_KEY_V2, apiKey and APIKEY.',
      },
      harmlessEndings: {
        ...words,
        default: harmlessEndings,
        description:
          'Words that make such a variable harmless at the end of its name, because it says where the secret is or how it is used: SECRET_NAME, TOKEN_ISSUER. A value in the format of a secret fails all the same.',
      },
    },
  },
  rationale:
    'Whoever may read the pod, its owner, or the repository of its manifest reads the password too, and so does everything that prints the environment of a process: most thefts of credentials need no more.',
  remediation:
    'Put the value into a Secret, or better an external store, mount it as a file, and name the file in the variable; replace the password, because it was public.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      env:
        - { name: DB_PASSWORD, value: hunter2 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      env:
        - { name: DB_PASSWORD_FILE, value: /run/secrets/db/password }
`,
  },

  check(pod, { params }) {
    const namesSecret = namesSecretOf(params);
    const hasSecret = ({ env }: Container): boolean =>
      env?.some((variable) => findSecret(variable, namesSecret) !== undefined) === true;
    return (findContainers(pod, hasSecret) ?? []).flatMap(({ path, container }) =>
      (container.env ?? []).flatMap((variable, index) => {
        const found = findSecret(variable, namesSecret);
        if (found === undefined) return [];
        const { problem, severity } = found;
        const message = `variable "${variable.name}" of container "${container.name}" ${problem}; put it into a Secret that is mounted as a file`;
        // Nothing of the value: not even its class says more than the message.
        return violation(`${path}.env[${index}].value`, undefined, message, severity);
      }),
    );
  },
});

type Variable = NonNullable<Container['env']>[number];
interface NameLists {
  readonly names: readonly string[];
  readonly harmlessEndings: readonly string[];
}
interface FoundSecret extends Pick<Violation, 'severity'> {
  readonly problem: string;
}

/** By the parameters, which are the same object for the same policy. */
const verdicts = new WeakMap<NameLists, (name: string) => boolean>();

function namesSecretOf(lists: NameLists): (name: string) => boolean {
  const known = verdicts.get(lists);
  if (known !== undefined) return known;
  const { names, harmlessEndings } = lists;
  const verdict = rememberAnswers((name) => hasWord(name, names) && !endsInWord(name, harmlessEndings), 4096);
  verdicts.set(lists, verdict);
  return verdict;
}

function findSecret({ name, value }: Variable, namesSecret: (name: string) => boolean): FoundSecret | undefined {
  if (value === undefined) return undefined;
  if (value !== 'text') return isSecretFormat(value) ? { problem: `holds ${value}` } : undefined;
  if (!namesSecret(name)) return undefined;
  return { problem: 'holds in plain text what its name calls a secret', severity: 'medium' };
}
