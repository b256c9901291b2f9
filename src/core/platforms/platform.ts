/** What is known of each way to start kube-apiserver: where its flags and files are written down. */
import type { ConfigurationFile, Flags, ServerRepair } from '../server-repair.ts';

/** A file that is written, or a part of it: one document or several. */
export interface Manifest {
  /** What it is and where it is, without a full stop. */
  readonly title: string;
  readonly documents: readonly unknown[];
}

export interface RepairGuide {
  /** Sentences, to be read before what is written. */
  readonly paragraphs: readonly string[];
  readonly manifests: readonly Manifest[];
}

export interface PlatformKnowledge {
  readonly title: string;
  /** In one line, for a terminal. */
  brief(repair: ServerRepair): string;
  /** @param printYaml for a file that stands as text in another */
  guide(repair: ServerRepair, printYaml: (value: unknown) => string): RepairGuide;
}

/** `--a=1 and --b=2` */
export function listFlags(flags: Flags): string {
  return join(Object.entries(flags).map(([name, value]) => `--${name}=${value}`));
}

/** `--a and --b` */
export function listNames(names: readonly string[]): string {
  return join(names.map((name) => `--${name}`));
}

/** What is to be taken away, as `--token-auth-file and PodSecurity of --disable-admission-plugins`; empty where nothing is. */
export function listDropped({ drop = [], unlist = {} }: ServerRepair): string {
  return join([
    ...drop.map((flag) => `--${flag}`),
    ...Object.entries(unlist).map(([flag, item]) => `${item} of --${flag}`),
  ]);
}

/** kubeadm, k3s and RKE2 give --authorization-mode, beside which the file that replaces it cannot be given. */
export function modeConflict(file: ConfigurationFile | undefined, who: string): readonly string[] {
  return file?.kind === 'AuthorizationConfiguration'
    ? [
        `--authorization-mode=Node,RBAC is given by ${who} without being asked for, and kube-apiserver does not start with both: see that your version leaves it out where --authorization-config is given.`,
      ]
    : [];
}

export interface SplitFlags {
  readonly given: Flags;
  /** Names of those that the platform gives by itself. */
  readonly own: readonly string[];
}

export function splitFlags(flags: Flags, ownFlags: readonly string[]): SplitFlags {
  const entries = Object.entries(flags);
  return {
    given: Object.fromEntries(entries.filter(([name]) => !ownFlags.includes(name))),
    own: entries.map(([name]) => name).filter((name) => ownFlags.includes(name)),
  };
}

export function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}

function join(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
