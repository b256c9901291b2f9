/**
 * What is set in new pods, another policy or a webhook may take back: whoever is asked last wins. So what came of it is looked
 * at once more, when nobody changes it any more, as the admission plugin AlwaysPullImages does: never in a template, which
 * stays as it is written, nor in a pod that exists.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/alwayspullimages (`Admit` and `Validate`).
 */
import { podVariables } from '../../core/enforcement.ts';
import { exceptBreakGlass } from './break-glass.ts';
import { celLiteral } from './cel.ts';
import { debugContainers, IMAGE_PULLS_NAME } from './image-pulls.ts';
import { allModes, bindByNamespace, selectDenied } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import type { PlannedValidatingPolicy } from './planned-policy.ts';
import { isNoMirror, newPods } from './pod-defaults.ts';
import type { PlannedExemption } from './pod-family.ts';
import { completeVariables } from './pod-frame.ts';

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
  return {
    kind: 'ValidatingAdmissionPolicy',
    name: PULLS_KEEPER_NAME,
    what: `new pods and debug containers in which somebody takes back what ${IMAGE_PULLS_NAME} sets`,
    rules,
    keeps: IMAGE_PULLS_NAME,
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: selectDenied(modes),
        objectSelector: {},
        resourceRules: [newPods, debugContainers],
      },
      matchConditions: [isNoMirror, ...exceptBreakGlass(breakGlassGroups)],
      variables: completeVariables([{ name: 'pulls', expression: otherPulls }]),
      validations: [
        {
          expression: ['variables.pulls.size() == 0', ...exempting.map(({ condition }) => condition)].join(' ||\n'),
          message: `${said}not every image is pulled each time${ADVICE}`,
          messageExpression: `${celLiteral(said)} + variables.subject + ': ' + variables.pulls.join(', ') +
${celLiteral(ADVICE)}`,
          reason: 'Forbidden',
        },
      ],
    },
    bindings: bindByNamespace(PULLS_KEEPER_NAME, modes, allModes).filter(({ mode }) => mode === 'deny'),
  };
}

const ADVICE = `, though MutatingAdmissionPolicy "${IMAGE_PULLS_NAME}" sets Always: another mutating policy or webhook took that back after it; have it leave imagePullPolicy alone here ("kubectl get mutatingadmissionpolicies,mutatingwebhookconfigurations" lists them), or set Always where "${IMAGE_PULLS_NAME}" is gone`;

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
