/**
 * Talos has a machine configuration, of one document before 1.14 and of several since; some flags it gives by itself, and
 * refuses to be told otherwise.
 *
 * Source: siderolabs/talos internal/app/machined/pkg/controllers/k8s/control_plane_static_pod.go (merge policies), and
 * docs.siderolabs.com, references of the configuration for 1.14 and 1.15.
 */
import { chooseWay, declarationOf, flagsOf, writtenFile } from '../server-repair.ts';
import type { ConfigurationFile, ConfigurationKind, Flags, ServerRepair } from '../server-repair.ts';
import { isEmpty, listDropped, listFlags, listNames, splitFlags } from './platform.ts';
import type { Manifest, PlatformKnowledge } from './platform.ts';

const WHERE = 'in cluster.apiServer.extraArgs, from Talos 1.14 extraArgs of KubeAPIServerConfig';

/** Given by Talos; all but the last it lets nobody change. */
const ownFlags = [
  'client-ca-file',
  'requestheader-client-ca-file',
  'encryption-provider-config',
  'etcd-cafile',
  'etcd-certfile',
  'etcd-keyfile',
  'kubelet-client-certificate',
  'kubelet-client-key',
  'service-account-key-file',
  'tls-cert-file',
  'tls-private-key-file',
  'audit-log-path',
];

/** Documents of the machine configuration for what is a file elsewhere. */
const documents: { readonly [K in ConfigurationKind]: (file: ConfigurationFile) => readonly Manifest[] } = {
  AuthenticationConfiguration: ({ content }) => [
    { title: 'From Talos 1.14', documents: [document('KubeAuthenticationConfig', { configuration: content })] },
  ],
  AuthorizationConfiguration: ({ content }) => [
    {
      title: 'From Talos 1.14, a document for each authorizer',
      documents: listOf(content['authorizers']).map((one) => document('KubeAuthorizerConfig', one)),
    },
  ],
  AdmissionConfiguration: ({ content }) => {
    const plugins = listOf(content['plugins']).map(({ name, configuration }) => ({ name, configuration }));
    return [
      {
        title: 'From Talos 1.14, a document for each plugin',
        documents: plugins.map((one) => document('KubeAdmissionControlConfig', one)),
      },
      { title: 'Before', documents: [{ cluster: { apiServer: { admissionControl: plugins } } }] },
    ];
  },
  EncryptionConfiguration: ({ content }) => [
    { title: 'From Talos 1.14', documents: [document('KubeEtcdEncryptionConfig', { config: content })] },
    { title: 'Before', documents: [{ cluster: { secretboxEncryptionSecret: '32 random bytes in base64' } }] },
  ],
  Policy: (file) => [
    {
      title: 'In the document that Talos before 1.14 has alone',
      documents: [{ cluster: { apiServer: { auditPolicy: writtenFile(file) } } }],
    },
  ],
};

export const talos: PlatformKnowledge = {
  title: 'Talos',

  brief(repair) {
    const { file } = repair;
    const { given, own } = splitFlags(flagsFor(repair), ownFlags);
    const dropped = listDropped(repair);
    const [first] = file === undefined ? [] : documents[file.kind](file);
    return [
      ...(first === undefined ? [] : [`${nameOf(first)} in the machine configuration (${first.title})`]),
      ...(isEmpty(given) ? [] : [`${listFlags(given)} ${WHERE}`]),
      ...(own.length === 0 ? [] : [`${listNames(own)}: given by Talos itself`]),
      ...(dropped === '' ? [] : [`no ${dropped} ${WHERE}`]),
    ].join('; ');
  },

  guide(repair) {
    const { file } = repair;
    const { given, own } = splitFlags(flagsFor(repair), ownFlags);
    const dropped = listDropped(repair);
    return {
      paragraphs: [
        ...(own.length === 0 ? [] : [`${listNames(own)}: given by Talos itself.`]),
        ...(dropped === '' ? [] : [`Take out ${dropped}, ${WHERE}.`]),
        'On every control plane machine: talosctl patch machineconfig, or apply the configuration with it.',
      ],
      manifests: [
        ...(file === undefined ? [] : documents[file.kind](file)),
        ...(isEmpty(given)
          ? []
          : [
              {
                title: 'Arguments, from Talos 1.14',
                documents: [document('KubeAPIServerConfig', { extraArgs: given })],
              },
              { title: 'Arguments, before', documents: [{ cluster: { apiServer: { extraArgs: given } } }] },
            ]),
      ],
    };
  },
};

/** What a document says, no argument has to. */
function flagsFor(repair: ServerRepair): Flags {
  const { file, enable } = repair;
  const ofFile = file === undefined ? undefined : declarationOf(file.kind).flag;
  const { given } = splitFlags(flagsOf(chooseWay(repair, 'file'), ''), ofFile === undefined ? [] : [ofFile]);
  // It adds them to its own.
  return enable === undefined ? given : { ...given, 'enable-admission-plugins': enable.join(',') };
}

function document(kind: string, content: object): object {
  return { apiVersion: 'v1alpha1', kind, ...content };
}

function nameOf({ documents: [first] }: Manifest): string {
  const { kind } = first as { readonly kind?: unknown };
  return typeof kind === 'string' ? kind : 'cluster.apiServer.auditPolicy';
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : [];
}
