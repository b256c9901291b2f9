/**
 * Has every image pulled with the credentials of its pod, as the admission plugin AlwaysPullImages does, whose flag not
 * every cluster offers. It is set where pods are made and where a debug container is added, and nowhere else: a policy that
 * changes pods as they are updated makes those immutable that are older than it.
 *
 * API servers before 1.36 change nothing by themselves; there the same is refused instead.
 */
import { applyConfiguration, isNoMirror, newPods } from './pod-defaults.ts';
import { bindWhereDenied, selectDenied } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import type { PlannedMutatingPolicy, ResourceRule } from './planned-policy.ts';

export const IMAGE_PULLS_NAME = 'merlon-image-pulls';

export function planImagePulls(modes: NamespaceModes): PlannedMutatingPolicy {
  return {
    kind: 'MutatingAdmissionPolicy',
    name: IMAGE_PULLS_NAME,
    what: 'imagePullPolicy Always for every image of new pods and debug containers',
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'IfNeeded',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: selectDenied(modes),
        objectSelector: {},
        resourceRules: [newPods, debugContainers],
      },
      matchConditions: [isNoMirror],
      mutations: [applyConfiguration(pullAlways)],
    },
    bindings: bindWhereDenied(IMAGE_PULLS_NAME, modes),
  };
}

export const debugContainers: ResourceRule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['UPDATE'],
  resources: ['pods/ephemeralcontainers'],
  scope: 'Namespaced',
};

/** Of a pod that exists only the debug containers that are new can be changed; what is changed besides is an error. */
const pullAlways = `Object{spec: Object.spec{
  ?containers: request.operation != 'CREATE' ? optional.none() : optional.of(
    object.spec.containers
      .map(c, Object.spec.containers{name: c.name, imagePullPolicy: 'Always'})),
  ?initContainers: request.operation != 'CREATE' ? optional.none() : optional.of(
    object.spec.?initContainers.orValue([])
      .map(c, Object.spec.initContainers{name: c.name, imagePullPolicy: 'Always'})),
  ?volumes: request.operation != 'CREATE' ? optional.none() : optional.of(
    object.spec.?volumes.orValue([])
      .filter(v, has(v.image))
      .map(v, Object.spec.volumes{name: v.name, image: Object.spec.volumes.image{pullPolicy: 'Always'}})),
  ?ephemeralContainers: request.operation == 'CREATE' ? optional.none() : optional.of(
    object.spec.?ephemeralContainers.orValue([])
      .filter(c, !oldObject.spec.?ephemeralContainers.orValue([]).exists(old, old.name == c.name))
      .map(c, Object.spec.ephemeralContainers{name: c.name, imagePullPolicy: 'Always'}))
}}`;
