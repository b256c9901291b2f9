/**
 * A provider starts kube-apiserver, and decides about its flags and files.
 *
 * Source: facts that hold for each of EKS, GKE and AKS; what one of them offers stands with the rule that it concerns.
 */
import type { PlatformKnowledge } from './platform.ts';

const CLOSED = 'The provider starts kube-apiserver: its flags and files cannot be changed.';

export const managed: PlatformKnowledge = {
  title: 'EKS, GKE, AKS and other managed services',

  brief: ({ own }) =>
    own?.managed ??
    'the provider decides: attest what it says where the verdict is unknown, exempt the rule where it fails',

  guide: ({ own }) => ({
    paragraphs: [
      CLOSED,
      ...(own?.managed === undefined ? [] : [own.managed]),
      'Where the verdict is unknown and the provider says what holds, attest it (spec.attestations of a ClusterHardeningPolicy, with where he says it as the evidence); where the rule fails and nothing can be done, exempt the API server from it, with that as the reason.',
    ],
    manifests: [],
  }),
};
