/** Somebody else, who takes back what Merlon's policies set: by policies of his own, or by a webhook. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { bodyOf } from '../support/api-client.ts';
import { createCertificateAuthority, issueServerCertificate } from '../support/certificates.ts';
import type { Cluster } from '../support/cluster.ts';
import { waitUntil } from '../support/wait-until.ts';
import { serveHttps } from '../kube/transport-server.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';

export interface Fight {
  readonly name: string;
  /** What is asked about, as in a rule of a policy or webhook. */
  readonly rules: readonly { readonly operations: readonly string[]; readonly resources: readonly string[] }[];
  readonly reinvocationPolicy: 'IfNeeded' | 'Never';
}

function rulesOf({ rules }: Fight): readonly object[] {
  return rules.map((rule) => ({ apiGroups: [''], apiVersions: ['v1'], ...rule }));
}

/**
 * One policy, made anew until it is asked after the others: their order is not by name, and another with each change.
 * @param expression of what it makes of the object
 * @param isFought whether it takes back what it should
 */
export async function fightByPolicy(
  { client }: Cluster,
  fight: Fight,
  expression: string,
  isFought: () => Promise<boolean>,
): Promise<void> {
  const { name, reinvocationPolicy } = fight;
  const policies = client.resource(ADMISSION, 'mutatingadmissionpolicies');
  const spec = {
    reinvocationPolicy,
    matchConstraints: { resourceRules: rulesOf(fight) },
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  };
  bodyOf(name, await policies.create({ metadata: { name }, spec }));
  const bindings = client.resource(ADMISSION, 'mutatingadmissionpolicybindings');
  bodyOf(name, await bindings.create({ metadata: { name }, spec: { policyName: name } }));
  let asked = 0;
  await waitUntil(
    async () => {
      if (await isFought()) return true;
      asked += 1;
      // Time for a change to act, and then another one.
      if (asked % ASKED_AN_ORDER === 0) {
        const variables = [{ name: 'order', expression: String(asked) }];
        bodyOf(name, await policies.patch(name, { spec: { variables } }));
      }
      return false;
    },
    { what: `${name} to be asked last`, timeoutMs: 45_000 },
  );
}

const ASKED_AN_ORDER = 20;

export async function endPolicyFight({ client }: Cluster, name: string): Promise<void> {
  await client.resource(ADMISSION, 'mutatingadmissionpolicybindings').delete(name);
  await client.resource(ADMISSION, 'mutatingadmissionpolicies').delete(name);
}

/**
 * A webhook, which is asked when the policies were. `closeServers` of the transport's servers ends its server.
 * @param patch of RFC 6902, for an object that it is asked about
 */
export async function fightByWebhook(
  { client }: Cluster,
  fight: Fight,
  patch: (object: unknown) => readonly object[],
): Promise<void> {
  const authority = await createCertificateAuthority();
  const { certificatePem, privateKeyPem } = await issueServerCertificate(authority, { dns: [], ip: ['127.0.0.1'] });
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void text(request).then((body) => {
      const { apiVersion, kind, request: asked } = JSON.parse(body) as AdmissionReview;
      const changes = Buffer.from(JSON.stringify(patch(asked.object))).toString('base64');
      const said = { uid: asked.uid, allowed: true, patchType: 'JSONPatch', patch: changes };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion, kind, response: said }));
    });
  };
  const { port } = await serveHttps({ cert: certificatePem, key: privateKeyPem }, answer);
  const caBundle = Buffer.from(authority.certificatePem).toString('base64');
  const webhook = {
    name: `${fight.name}.example.com`,
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle },
    rules: rulesOf(fight),
    reinvocationPolicy: fight.reinvocationPolicy,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 5,
  };
  const configurations = client.resource(ADMISSION, 'mutatingwebhookconfigurations');
  bodyOf(fight.name, await configurations.create({ metadata: { name: fight.name }, webhooks: [webhook] }));
}

interface AdmissionReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly object: unknown };
}

export async function endWebhookFight({ client }: Cluster, name: string): Promise<void> {
  await client.resource(ADMISSION, 'mutatingwebhookconfigurations').delete(name);
}
