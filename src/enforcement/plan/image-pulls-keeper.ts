/**
 * What is set in new pods, another policy or a webhook may take back: whoever is asked last wins. So what came of it is looked
 * at once more, when nobody changes it any more, as the admission plugin AlwaysPullImages does: never in a template, which
 * stays as it is written.
 *
 * Of a pod that exists an image can be changed, and its pull policy cannot: a container that gets another image and is not
 * pulled each time is refused, as nothing can be set. All else of such a pod is left alone.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/alwayspullimages (`Admit` and `Validate`).
 */
import { podVariables } from '../../core/enforcement.ts';
import { exceptBreakGlass } from './break-glass.ts';
import { celLiteral } from './cel.ts';
import { debugContainers, IMAGE_PULLS_NAME } from './image-pulls.ts';
import { allModes, bindByNamespace, selectDenied } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import type { PlannedValidatingPolicy, ResourceRule } from './planned-policy.ts';
import { isNoMirror, newPods } from './pod-defaults.ts';
import type { PlannedExemption } from './pod-family.ts';
import { completeVariables, isNew } from './pod-frame.ts';

export const PULLS_KEEPER_NAME = 'merlon-image-pulls-keeper';

export interface PullsKeeperChoice {
  /** The ids of the rules that say so; an exemption for all of them spares. */
  readonly rules: readonly string[];
  /** Whose members' own requests are let through. */
  readonly breakGlassGroups: readonly string[];
  readonly exemptions: readonly PlannedExemption[];
}

export function planPullsKeeper(
  { rules, breakGlassGroups, exemptions }: PullsKeeperChoice,
  modes: NamespaceModes,
): PlannedValidatingPolicy {
  const exempting = exemptions.filter((one) => rules.every((id) => one.rules.has(id)));
  const said = `${rules.join(', ')}: `;
  const refuse = (variable: string, inShort: string, advice: string): Validation => ({
    expression: [`variables.${variable}.size() == 0`, ...exempting.map(({ condition }) => condition)].join(' ||\n'),
    message: `${said}${inShort}${advice}`,
    messageExpression: `${celLiteral(said)} + variables.subject + ': ' + variables.${variable}.join(', ') +
${celLiteral(advice)}`,
    reason: 'Forbidden',
  });
  return {
    kind: 'ValidatingAdmissionPolicy',
    name: PULLS_KEEPER_NAME,
    what: `new pods and debug containers in which somebody takes back what ${IMAGE_PULLS_NAME} sets, and other images in older pods that lack it`,
    rules,
    keeps: IMAGE_PULLS_NAME,
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: selectDenied(modes),
        objectSelector: {},
        resourceRules: [newPods, debugContainers, olderPods],
      },
      matchConditions: [isNoMirror, isNew([]), ...exceptBreakGlass(breakGlassGroups)],
      variables: completeVariables([
        { name: 'pulls', expression: otherPulls },
        { name: 'oldImages', expression: oldImages },
        { name: 'otherImages', expression: otherImages },
      ]),
      validations: [
        refuse('pulls', 'not every image is pulled each time', TAKEN_BACK),
        refuse('otherImages', 'another image is not pulled each time', NOT_SET),
      ],
    },
    bindings: bindByNamespace(PULLS_KEEPER_NAME, modes, allModes).filter(({ mode }) => mode === 'deny'),
  };
}

const TAKEN_BACK = `, though MutatingAdmissionPolicy "${IMAGE_PULLS_NAME}" sets Always: another mutating policy or webhook took that back after it; have it leave imagePullPolicy alone here ("kubectl get mutatingadmissionpolicies,mutatingwebhookconfigurations" lists them), or set Always where "${IMAGE_PULLS_NAME}" is gone`;

const NOT_SET = `, which stays as it is in a pod that exists; make the pod anew, in which MutatingAdmissionPolicy "${IMAGE_PULLS_NAME}" sets Always`;

const olderPods: ResourceRule = { ...newPods, operations: ['UPDATE'] };

type Validation = PlannedValidatingPolicy['spec']['validations'][number];

/** Just what is set: of a pod that exists, debug containers that are new. */
const otherPulls = `((request.operation != 'CREATE' ? [] :
    ${podVariables.spec}.?initContainers.orValue([]) + ${podVariables.spec}.containers) +
  ${podVariables.spec}.?ephemeralContainers.orValue([])
    .filter(c, request.operation == 'CREATE' || !oldObject.spec.?ephemeralContainers.orValue([]).exists(old, old.name == c.name)))
    .filter(c, c.?imagePullPolicy.orValue('') != 'Always')
    .map(c, 'container "' + c.name + '" has imagePullPolicy ' + c.?imagePullPolicy.orValue('')) +
  (request.operation != 'CREATE' ? [] : ${podVariables.spec}.?volumes.orValue([]))
    .filter(v, has(v.image) && v.image.?pullPolicy.orValue('') != 'Always')
    .map(v, 'volume "' + v.name + '" has pullPolicy ' + v.image.?pullPolicy.orValue(''))`;

const oldImages = `request.operation == 'CREATE' ? [] :
  (oldObject.spec.?initContainers.orValue([]) + oldObject.spec.containers).map(c, [c.name, c.image])`;

/** Debug containers, and volumes, keep their images as long as the pod is there. */
const otherImages = `(request.operation == 'CREATE' ? [] :
    ${podVariables.spec}.?initContainers.orValue([]) + ${podVariables.spec}.containers)
    .filter(c, c.?imagePullPolicy.orValue('') != 'Always' && !([c.name, c.image] in variables.oldImages))
    .map(c, 'container "' + c.name + '" gets another image, and has imagePullPolicy ' + c.?imagePullPolicy.orValue(''))`;
