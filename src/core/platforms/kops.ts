/**
 * kOps has fields for flags in its Cluster, and puts files on machines.
 *
 * Source: kubernetes/kops, pkg/apis/kops/v1alpha2/componentconfig.go; `encryptionConfig`: kubernetes-sigs/aws-encryption-provider KOPS.md.
 */
import { chooseWay, declarationOf, flagsOf, writtenFile } from '../server-repair.ts';
import type { ConfigurationFile, Flags, ServerRepair } from '../server-repair.ts';
import { isEmpty, listDropped, listNames, splitFlags } from './platform.ts';
import type { PlatformKnowledge } from './platform.ts';
import { kopsFields, kopsOwnFlags, kopsValue } from './kops-fields.ts';

/** What is there lies in the pod of kube-apiserver as well. */
const FOLDER = '/srv/kubernetes/kube-apiserver';

export const kops: PlatformKnowledge = {
  title: 'kOps',

  brief(asked) {
    const repair = chooseWay(asked, 'flags');
    if (isEncryption(repair.file)) return 'spec.encryptionConfig: true, and kops create secret encryptionconfig';
    const { given, own } = splitFlags(flagsFor(repair), kopsOwnFlags);
    const { fields, without } = fieldsOf(given);
    const dropped = fieldsToDrop(repair);
    return [
      ...Object.entries(fields).map(([name, value]) => `spec.kubeAPIServer.${name}: ${JSON.stringify(value)}`),
      ...(own.length === 0 ? [] : [`${listNames(own)}: given without being asked for`]),
      ...(without.length === 0 ? [] : [`spec.kubeAPIServer has no field known here for ${listNames(without)}`]),
      ...(dropped === '' ? [] : [`no ${dropped} in spec.kubeAPIServer`]),
    ].join('; ');
  },

  guide(asked, printYaml) {
    // The files that stand in place of flags have no field.
    const repair = chooseWay(asked, 'flags');
    const { file } = repair;
    const after = 'After a change: kops update cluster --yes, and kops rolling-update cluster --yes.';
    if (file !== undefined && isEncryption(file)) {
      return {
        paragraphs: [
          `${declarationOf(file.kind).fileName} becomes a secret of kOps: kops create secret encryptionconfig -f FILE.`,
          after,
        ],
        manifests: [{ title: 'Cluster', documents: [{ spec: { encryptionConfig: true } }] }],
      };
    }
    const { given, own } = splitFlags(flagsFor(repair), kopsOwnFlags);
    const { fields, without } = fieldsOf(given);
    const dropped = fieldsToDrop(repair);
    const spec = {
      ...(isEmpty(fields) ? {} : { kubeAPIServer: fields }),
      ...(file === undefined || without.includes(declarationOf(file.kind).flag)
        ? {}
        : { fileAssets: [assetOf(file, printYaml)] }),
    };
    return {
      paragraphs: [
        ...(own.length === 0
          ? []
          : [`${listNames(own)}: given by kOps without being asked for; take out what spec.kubeAPIServer says of it.`]),
        ...(without.length === 0
          ? []
          : [
              `This Merlon knows of no field of spec.kubeAPIServer for ${listNames(without)}: see what your version of kOps offers in the cluster spec.`,
            ]),
        ...(dropped === '' ? [] : [`Take out ${dropped}, in spec.kubeAPIServer of the Cluster.`]),
        after,
      ],
      manifests: isEmpty(spec) ? [] : [{ title: 'Cluster (kops edit cluster)', documents: [{ spec }] }],
    };
  },
};

/** kOps names plugins beside its own, which NodeRestriction is one of. */
function flagsFor(repair: ServerRepair): Flags {
  const plugins = repair.enable?.join(',');
  const flags = flagsOf(repair, FOLDER);
  return plugins === undefined ? flags : { ...flags, 'enable-admission-plugins': plugins };
}

function fieldsOf(flags: Flags): { readonly fields: object; readonly without: readonly string[] } {
  const fields: Record<string, unknown> = {};
  const without: string[] = [];
  for (const [flag, value] of Object.entries(flags)) {
    const field = kopsFields[flag];
    if (field === undefined) without.push(flag);
    else fields[field.name] = kopsValue(field, value);
  }
  return { fields, without };
}

function fieldsToDrop(repair: ServerRepair): string {
  const named = (flag: string): string =>
    flag === 'enable-admission-plugins'
      ? 'enableAdmissionPlugins and appendAdmissionPlugins'
      : (kopsFields[flag]?.name ?? flag);
  const { drop = [], unlist = {} } = repair;
  const dropped = listDropped({
    drop: drop.map(named),
    unlist: Object.fromEntries(Object.entries(unlist).map(([flag, item]) => [named(flag), item])),
  });
  return dropped.replaceAll('--', '');
}

function isEncryption(file: ConfigurationFile | undefined): boolean {
  return file?.kind === 'EncryptionConfiguration';
}

function assetOf(file: ConfigurationFile, printYaml: (value: unknown) => string): unknown {
  const { flag, fileName } = declarationOf(file.kind);
  return { name: flag, path: `${FOLDER}/${fileName}`, content: printYaml(writtenFile(file)) };
}
