/**
 * An API server on a real socket that tells secrets wherever it says anything: every place has a mark of its own, by which it
 * is found again where it must not be.
 */
import type { IncomingHttpHeaders, RequestListener } from 'node:http';

import { PROBE_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import { probeGuardBindingSpec, probeGuardSpec } from '../../src/core/probe-guard.ts';

/** What every mark begins with. */
export const MARK = 'CANARY';
/** What Merlon shows who it is with. */
export const TOKEN = `${MARK}-own-token`;

export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Which of its answers it gives: all of them, refusals, or failures. */
export type Mood = 'telling' | 'refusing' | 'failing' | 'garbled';

export const moods: readonly Mood[] = ['telling', 'refusing', 'failing', 'garbled'];

const mark = (place: string): string => `${MARK}-${place}`;
const certificate = (place: string): string =>
  `-----BEGIN CERTIFICATE-----\n${mark(place)}\n-----END CERTIFICATE-----\n`;

/** What kube-apiserver may be given that is nobody's business. */
function secretArguments(place: string): readonly string[] {
  const of = (what: string): string => mark(`${place}-${what}`);
  return [
    `--etcd-servers=https://user:${of('etcd-password')}@10.0.0.1:2379`,
    `--etcd-certfile=/pki/${of('etcd-certificate')}`,
    `--etcd-keyfile=/pki/${of('etcd-key')}`,
    `--etcd-cafile=/pki/${of('etcd-authority')}`,
    `--token-auth-file=/tokens/${of('token-file')}`,
    `--basic-auth-file=/passwords/${of('password-file')}`,
    `--token=${of('bearer')}`,
    `--client-ca-file=/pki/${of('client-authority')}`,
    `--tls-cert-file=/pki/${of('certificate')}`,
    `--tls-private-key-file=/pki/${of('key')}`,
    `--service-account-key-file=/pki/${of('account-key')}`,
    `--service-account-signing-key-file=/pki/${of('signing-key')}`,
    `--service-account-issuer=https://user:${of('issuer')}@issuer.example.com`,
    `--oidc-issuer-url=https://client:${of('oidc-secret')}@issuer.example.com`,
    `--oidc-client-id=${of('oidc-client')}`,
    `--oidc-required-claim=${of('oidc-claim')}`,
    `--authentication-token-webhook-config-file=/kube/${of('token-webhook')}`,
    `--authorization-webhook-config-file=/kube/${of('authorizer-webhook')}`,
    `--authorization-policy-file=/kube/${of('abac')}`,
    `--audit-log-path=/var/log/${of('audit-log')}`,
    `--audit-webhook-config-file=/kube/${of('audit-webhook')}`,
    `--audit-policy-file=/kube/${of('audit-policy')}`,
    `--encryption-provider-config=/kube/${of('encryption')}`,
    `--kubelet-client-certificate=/pki/${of('kubelet-certificate')}`,
    `--kubelet-client-key=/pki/${of('kubelet-key')}`,
    `--kubelet-certificate-authority=/pki/${of('kubelet-authority')}`,
    `--requestheader-client-ca-file=/pki/${of('front-proxy')}`,
    // Shown by the fact anyFrontProxyName: whose certificate may speak for others is no secret.
    '--requestheader-allowed-names=front-proxy-client',
    `--requestheader-username-headers=X-${of('front-proxy-header')}`,
    `--proxy-client-key-file=/pki/${of('proxy-key')}`,
    `--admission-control-config-file=/kube/${of('admission')}`,
    `--audit-log-maxage=${of('no-number')}`,
    `--request-timeout=${of('no-duration')}`,
    `--profiling=${of('no-boolean')}`,
    `--secure-port=${of('no-port')}`,
    `--authorization-mode=Node,RBAC${place === 'flagz' ? '' : ',Webhook'}`,
    ...(place === 'flagz' ? [] : ['--anonymous-auth=false']),
  ];
}

function flagsOf(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name = '', value = ''] = /^--([^=]+)=([\s\S]*)$/.exec(word) ?? [];
      return [name, value];
    }),
  );
}

const status = (code: number, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  reason: code === 403 ? 'Forbidden' : 'InternalError',
  message,
  code,
});

const named = (name: string, namespace = ''): object => ({
  name,
  ...(namespace === '' ? {} : { namespace }),
  uid: `uid-of-${name}`,
  resourceVersion: '1',
});

const listOf = (kind: string, items: readonly object[]): object => ({
  kind: `${kind}List`,
  apiVersion: 'v1',
  metadata: { resourceVersion: '1' },
  items,
});

const pod = {
  metadata: {
    ...named('kube-apiserver-a', 'kube-system'),
    annotations: { 'kubernetes.io/config.mirror': 'a0b1', note: `Bearer ${mark('pod-annotation')}` },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'a', uid: 'uid-of-a', controller: true }],
  },
  spec: {
    nodeName: 'a',
    containers: [
      {
        name: 'kube-apiserver',
        command: ['kube-apiserver', ...secretArguments('pod')],
        env: [{ name: 'TOKEN', value: mark('pod-environment') }],
      },
      { name: 'other', command: ['other', `--token=${mark('other-container')}`] },
    ],
  },
  status: { hostIP: '127.0.0.1' },
};

const node = {
  metadata: {
    ...named('a'),
    labels: { 'node-role.kubernetes.io/control-plane': '', 'node.openshift.io/os_id': 'rhcos' },
    annotations: {
      'k3s.io/node-args': JSON.stringify([
        'server',
        '--token',
        mark('node-token'),
        `--datastore-endpoint=postgres://user:${mark('datastore')}@db/kine`,
        ...secretArguments('node').map((word) => `--kube-apiserver-arg=${word.slice(2)}`),
      ]),
      'k3s.io/node-env': JSON.stringify({ K3S_TOKEN: mark('node-environment') }),
      note: `Bearer ${mark('node-annotation')}`,
    },
  },
  status: { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] },
};

const kubeadm = {
  metadata: named('kubeadm-config', 'kube-system'),
  data: {
    ClusterConfiguration: JSON.stringify({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'ClusterConfiguration',
      certificateKey: mark('certificate-key'),
      etcd: { external: { endpoints: [`https://user:${mark('external-etcd')}@10.0.0.2:2379`] } },
      apiServer: {
        extraArgs: Object.entries(flagsOf(secretArguments('kubeadm'))).map(([name, value]) => ({ name, value })),
        extraEnvs: [{ name: 'TOKEN', value: mark('kubeadm-environment') }],
      },
    }),
    InitConfiguration: `bootstrapTokens: [{ token: ${mark('bootstrap')} }]`,
  },
};

const openShift = {
  data: {
    'config.yaml': JSON.stringify({
      apiVersion: 'kubecontrolplane.config.openshift.io/v1',
      kind: 'KubeAPIServerConfig',
      oauthConfig: { clientSecret: mark('openshift-secret') },
      apiServerArguments: Object.fromEntries(
        Object.entries(flagsOf(secretArguments('openshift'))).map(([name, value]) => [name, [value]]),
      ),
    }),
  },
};

const authorities = {
  data: {
    'client-ca-file': certificate('client-authority'),
    'requestheader-client-ca-file': certificate('front-proxy-authority'),
    'requestheader-allowed-names': JSON.stringify([mark('allowed-name')]),
    'requestheader-username-headers': JSON.stringify([mark('username-header')]),
    note: mark('authorities-note'),
  },
};

const metrics = [
  `apiserver_authorization_decisions_total{type="Webhook",decision="allowed",name="${mark('authorizer-name')}"} 1`,
  `apiserver_authorization_webhook_evaluations_total{name="${mark('webhook-name')}",result="success"} 1`,
  `apiserver_admission_controller_admission_duration_seconds_count{name="${mark('plugin')}",type="admit"} 1`,
  `apiserver_client_certificate_expiration_seconds_count{user="${mark('certificate-user')}"} 1`,
  `authenticated_user_requests{username="${mark('username')}"} 7`,
  `apiserver_storage_transformation_operations_total{resource="secrets",transformation_type="to_storage",transformer_prefix="k8s:enc:${mark('key-name')}:"} 1`,
  `apiserver_envelope_encryption_key_id_hash_total{provider_name="${mark('provider')}"} 1`,
  'process_start_time_seconds 1795000000',
  '',
].join('\n');

/** What is answered to GETs of one object or URL. */
const told: Readonly<Record<string, object | string>> = {
  '/version': { major: '1', minor: '37', gitVersion: 'v1.37.2', gitCommit: mark('commit') },
  '/flagz': { kind: 'Flagz', flags: { ...flagsOf(secretArguments('flagz')), 'unknown-flag': mark('unknown-flag') } },
  '/statusz': { kind: 'Statusz', binaryVersion: '1.37.2', startTime: mark('start'), paths: [mark('path')] },
  '/readyz': `[+]${mark('check')} ok\nreadyz check passed\n`,
  '/metrics': metrics,
  '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication': authorities,
  '/api/v1/namespaces/openshift-kube-apiserver/configmaps/config': openShift,
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/merlon-probes': { spec: probeGuardSpec },
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/merlon-probes': {
    spec: probeGuardBindingSpec,
  },
  '/api/v1/nodes': listOf('Node', [node]),
  '/api/v1/namespaces/kube-system/pods': listOf('Pod', [pod]),
  '/api/v1/namespaces/kube-system/configmaps': listOf('ConfigMap', [kubeadm]),
};

/** The same as a watch tells it, which then ends. */
function eventsOf(list: object): string {
  const { kind = '', items = [] } = list as { readonly kind?: string; readonly items?: readonly object[] };
  const resource = { apiVersion: 'v1', kind: kind.replace(/List$/, '') };
  const bookmark = { metadata: { resourceVersion: '1', annotations: { 'k8s.io/initial-events-end': 'true' } } };
  const events = [
    ...items.map((item) => ({ type: 'ADDED', object: { ...resource, ...item } })),
    { type: 'BOOKMARK', object: { ...resource, ...bookmark } },
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

const reviewed = (kind: string): object => ({
  kind,
  apiVersion: 'authorization.k8s.io/v1',
  status: {
    allowed: true,
    reason: `allowed by ${mark('review-reason')}`,
    evaluationError: `Post "https://user:${mark('evaluation-error')}@authorizer"`,
    userInfo: { username: mark('own-name'), uid: mark('own-uid'), extra: { token: [mark('own-extra')] } },
  },
});

function answerTrial(body: string): readonly [number, object] {
  const { metadata } = JSON.parse(body) as { readonly metadata: { readonly name: string; readonly labels?: object } };
  const lead = `pods "${metadata.name}" is forbidden: `;
  if (metadata.labels !== undefined) {
    const guard = "ValidatingAdmissionPolicy 'merlon-probes' with binding 'merlon-probes' denied request: ";
    return [403, status(403, `${lead}${guard}this guard stands, and the namespace warns at restricted`)];
  }
  return [403, status(403, `${lead}admission webhook "guard.example.com" denied the request: ${mark('trial')}`)];
}

/** @param sent the body of a POST */
function answerTo(mood: Mood, method: string, url: URL, sent: string): readonly [number, object | string] {
  const { pathname } = url;
  // Why an API server refuses a list, or fails at it, Merlon logs in its words: nobody else could mend it.
  const isFollowed = /\/(?:nodes|pods|configmaps)$/.test(pathname) && method === 'GET';
  const words = (place: string): string => (isFollowed ? 'no' : mark(place));
  if (mood === 'refusing') return [403, status(403, `system:anonymous may not: ${words('refusal')}`)];
  if (mood === 'failing') return [500, status(500, `Post "https://user:${words('failure')}@host": EOF`)];
  if (mood === 'garbled') return [200, `{"${mark('garbled')}": `];
  if (method === 'POST') {
    return pathname === `/api/v1/namespaces/${PROBE_NAMESPACE}/pods`
      ? answerTrial(sent)
      : [201, reviewed('SubjectAccessReview')];
  }
  const answer = told[pathname];
  if (answer === undefined) return [404, status(404, `not found: ${mark('not-found')}`)];
  return [200, url.searchParams.has('watch') && typeof answer === 'object' ? eventsOf(answer) : answer];
}

/** @param seen takes what is asked, with its headers */
export function tellSecrets(mood: Mood, seen: Seen[]): RequestListener {
  return (request, response) => {
    const { method = '', url: target = '', headers } = request;
    const url = new URL(target, 'http://server');
    seen.push({ path: `${method} ${url.pathname}${url.search}`, headers });
    let sent = '';
    request.on('data', (chunk: Buffer) => (sent += chunk.toString('utf8')));
    request.on('end', () => {
      const [code, body] = answerTo(mood, method, url, sent);
      const isText = typeof body === 'string' && !url.searchParams.has('watch');
      response.setHeader('content-type', isText ? 'text/plain' : 'application/json');
      response.setHeader('set-cookie', mark('cookie'));
      response.setHeader('warning', `299 - "${mark('warning')}"`);
      response.writeHead(code).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  };
}
