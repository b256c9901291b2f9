/**
 * Has every image of a workload pulled with its own credentials. Only planned: it rolls out every pod, and those whose
 * registry is away, or whose pull secret is missing, do not come back.
 */
import type { Container, Volume } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { workloadKinds } from '../../core/owners.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { keyOf } from '../../core/subject-ref.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';
import { workloadsOf } from '../../core/workload.ts';
import type { Json, PatchFields, PlannedField } from '../planned-repair.ts';
import type { Remedy } from '../remedy.ts';

export const imagePullPolicyRemedy: Remedy = {
  rule: 'pod-image-pull-policy',
  isPlanOnly: true,
  needsGuard: true,
  fields: [],
  reads: workloadKinds,

  plan({ rule, subject }, snapshot) {
    const found = findTemplate(snapshot, subject);
    if (found === undefined) return undefined;
    const { template, path } = found;
    const changed = lists.flatMap((list) => changesOf(template, list));
    if (changed.length === 0) return undefined;
    const pod = Object.fromEntries(
      lists
        .map((list) => [list, changed.filter((change) => change.list === list).map(({ entry }) => entry)] as const)
        .filter(([, entries]) => entries.length > 0),
    );
    const { uid } = found;
    return {
      rule,
      target: uid === undefined ? subject : { ...subject, uid },
      patch: nest([...path, 'spec'], pod),
      fields: changed.map(({ place, before }): PlannedField => ({
        path: [...path, 'spec', place].join('.'),
        before,
        after: 'Always',
      })),
      risks: [
        {
          kind: 'Stated',
          message: `every pod of ${subject.kind} "${subject.name}" is started anew, and does not start where its registry is away or refuses its credentials`,
        },
      ],
      isPlanOnly: true,
      remark:
        subject.kind === 'Pod'
          ? 'only planned: a pod that runs cannot be changed; write it into its manifest and create the pod again'
          : 'only planned: apply it yourself, or let the admission plugin AlwaysPullImages do so',
    };
  },

  isRestorable: () => false,
};

interface Found {
  readonly template: PodTemplate;
  /** From the object to the template. */
  readonly path: readonly string[];
  readonly uid?: string;
}

/** Undefined for what is owned by something that is not read. */
function findTemplate(snapshot: Snapshot, subject: SubjectRef): Found | undefined {
  const key = keyOf(subject);
  const workload = workloadsOf(snapshot, subject.namespace ?? '').find(({ ref }) => keyOf(ref) === key);
  if (workload === undefined) return undefined;
  const { uid } = workload.origin as { readonly uid?: string };
  const named = uid === undefined ? {} : { uid };
  if (workload.template !== undefined) {
    return { template: workload.template, path: (workload.templatePath ?? '').split('.'), ...named };
  }
  const [running] = workload.running;
  return subject.kind !== 'Pod' || running === undefined
    ? undefined
    : { template: running.template, path: [], ...named };
}

/** Ephemeral containers are of a pod that runs, and nobody changes them. */
const lists = ['initContainers', 'containers', 'volumes'] as const;

interface Change {
  readonly list: (typeof lists)[number];
  /** `containers[0].imagePullPolicy` */
  readonly place: string;
  readonly before: string | undefined;
  /** Of the list: it is merged by its name. */
  readonly entry: Json;
}

function changesOf({ spec }: PodTemplate, list: (typeof lists)[number]): readonly Change[] {
  return list === 'volumes'
    ? (spec.volumes ?? []).flatMap(changeVolume)
    : (spec[list] ?? []).flatMap((container, index) => changeContainer(container, list, index));
}

function changeContainer(
  { name, image, imagePullPolicy }: Container,
  list: 'initContainers' | 'containers',
  index: number,
): readonly Change[] {
  if (isAlways(imagePullPolicy, image)) return [];
  const place = `${list}[${index}].imagePullPolicy`;
  return [{ list, place, before: imagePullPolicy, entry: { name, imagePullPolicy: 'Always' } }];
}

function changeVolume({ name, image }: Volume, index: number): readonly Change[] {
  if (image === undefined || isAlways(image.pullPolicy, image.reference)) return [];
  const place = `volumes[${index}].image.pullPolicy`;
  return [{ list: 'volumes', place, before: image.pullPolicy, entry: { name, image: { pullPolicy: 'Always' } } }];
}

/** The API server fills in Always where nothing is written and the tag is, or counts as, latest. */
function isAlways(policy: string | undefined, image: string | undefined): boolean {
  if (policy !== undefined) return policy === 'Always';
  // What is no image, or an unusual one, is given the policy: at worst it says what holds anyway.
  return image !== undefined && /^([a-z0-9.-]+(:[0-9]+)?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:latest)?$/.test(image);
}

function nest(path: readonly string[], value: { readonly [key: string]: Json }): PatchFields {
  return path.reduceRight<{ readonly [key: string]: Json }>((inner, key) => ({ [key]: inner }), value);
}
