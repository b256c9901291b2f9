/** What is held against a real API server: a family of policies, each object that is put to it, and what came of that. */
import type { EnforcementManifest } from '../../../src/enforcement/plan/planned-policy.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiClient, ApiResponse, KubeObject } from '../../support/api-client.ts';
import type { Cluster } from '../../support/cluster.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { Json } from '../../pod-security/generator.ts';

export interface ComparedFamily {
  readonly name: string;
  /** Of each hundred objects that are asked about how many it gets. */
  readonly part: number;
  /** The oldest minor version of Kubernetes 1 that serves what it takes. */
  readonly oldestMinor: number;
  /** Its own, with the mode that each is labelled with; nothing of another family is in force there. */
  readonly namespaces: Readonly<Record<string, RoomMode>>;
  /** What has to be counted in a run of some length, or it has shown nothing. */
  readonly aims: (minor: number) => readonly string[];
  /** Returns when every policy is in force. */
  readonly open: (room: Room) => Promise<GenerateCase>;
}

export type RoomMode = 'off' | 'warn' | 'deny';

/** The same for the same seed and index. */
export type GenerateCase = (seed: number, index: number) => ComparedCase;

/** Where a family works. */
export interface Room {
  readonly cluster: Cluster;
  /** One whose requests no policy refuses. */
  readonly rescuer: ApiClient;
  readonly breakGlassGroups: readonly string[];
  /** The namespaces of all other families. */
  readonly keptOut: readonly string[];
}

export interface ComparedCase {
  /** To be read before its parts: `Deployment under the rules "strict"`. */
  readonly what: string;
  /** What it consists of, as far as it can be made smaller. */
  readonly parts: Json;
  /** Asks the API server and Merlon about them, or about a part of them. */
  readonly ask: (parts: Json) => Promise<Answer>;
}

export type Answer = JudgedAnswer | { readonly kind: 'invalid'; readonly message: string };

export interface JudgedAnswer {
  readonly kind: 'judged';
  readonly isAllowed: boolean;
  /** There may have been more warnings than a response has room for. */
  readonly isCut?: boolean;
  /** What it stands for in the count of the run. */
  readonly counted: readonly string[];
  /** What the API server did, and what Merlon says that it does: to the letter the same, or they differ. */
  readonly enforced: string;
  readonly reported: string;
}

export const DRY_RUN = { dryRun: 'All' };

export function messageOf({ body }: Pick<ApiResponse<Json | KubeObject>, 'body'>): string {
  return String(body['message'] ?? JSON.stringify(body));
}

/** 422 and 400 are about the object; no policy of ours answers so. */
export function isInvalid({ status }: Pick<ApiResponse, 'status'>): boolean {
  return status === 422 || status === 400;
}

const plurals = {
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
} as const satisfies Record<EnforcementManifest['kind'], string>;

export async function createPolicies({ client }: Cluster, manifests: readonly EnforcementManifest[]): Promise<void> {
  for (const { apiVersion, kind, metadata, spec } of manifests) {
    bodyOf(metadata.name, await client.resource(apiVersion, plurals[kind]).create({ metadata, spec }));
  }
}

/** Until a policy that was just made is asked. */
export function waitUntilAsked(what: string, isAsked: () => Promise<boolean>): Promise<unknown> {
  return waitUntil(isAsked, { what: `the policy of ${what}`, timeoutMs: 15_000 });
}
