/** The subjects of a scope: which kinds hold them, and those that there are. */
import { annotatedObject, annotatedWorkload } from './annotated.ts';
import type { AnnotatedObject } from './annotated.ts';
import { expectedIn, NOTHING_EXPECTED, refOfExpected } from './expectation.ts';
import type { Expected } from './expectation.ts';
import { apiVersionOf, kinds } from './kinds.ts';
import type { KindName } from './kinds.ts';
import type { RbacSubject } from './rbac-shape.ts';
import type { SubjectType, SubjectTypes } from './rule.ts';
import { listPrincipals, namedBy, refOfPrincipal } from './principals.ts';
import { bindingKinds } from './rbac-kinds.ts';
import type { Scope } from './scope.ts';
import { isReadable } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { workloadsOf } from './workload.ts';
import { workloadKinds } from './owners.ts';
import type { Workload } from './workload.ts';
import type { SubjectRef } from './subject-ref.ts';

/** The kinds whose objects are the subjects of each type. */
export const subjectKinds: { readonly [S in SubjectType]: readonly KindName[] } = {
  Workload: workloadKinds,
  ServiceAccount: ['ServiceAccount'],
  Role: ['Role', 'ClusterRole'],
  Binding: ['RoleBinding', 'ClusterRoleBinding'],
  Namespace: ['Namespace'],
  PodSecurityPolicy: ['PodSecurityPolicy'],
  WebhookConfiguration: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  APIService: ['APIService'],
  Principal: [],
  APIServer: [],
  // Of whom something is expected need not exist.
  Expectation: [],
  AnnotatedObject: [
    ...workloadKinds,
    ...(['ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'Namespace'] as const),
  ],
};

export const API_SERVER_REF: SubjectRef = { apiVersion: 'v1', kind: 'APIServer', name: 'kube-apiserver' };

/** Subjects of one kind. */
export interface SubjectList<Subject> {
  readonly name: SubjectType | KindName;
  readonly objects: Iterable<Subject>;
  /** Asked for where there is something to say of one: they come by the thousand, and mostly there is not. */
  readonly refOf: (subject: Subject) => SubjectRef;
  /** Where they are objects of the cluster, or of files: what tells where one is from. */
  readonly originOf?: (subject: Subject) => object;
}

type Named = {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
};

/** The subjects of one scope, listed once for all rules. */
export class SubjectLists {
  readonly scope: Scope;
  readonly #snapshot: Snapshot;
  readonly #expected: Expected;

  constructor(scope: Scope, snapshot: Snapshot, expected: Expected = NOTHING_EXPECTED) {
    this.scope = scope;
    this.#snapshot = snapshot;
    this.#expected = expected;
  }

  workloads(): readonly Workload[] {
    return this.scope === 'cluster' ? [] : workloadsOf(this.#snapshot, this.scope.namespace);
  }

  unobservedKinds(subject: SubjectType): readonly KindName[] {
    const kindsOfSubject = subject === 'Principal' ? bindingKinds : this.#kindsOf(subject);
    return kindsOfSubject.filter((kind) => !isReadable(this.#snapshot.observation(kind)));
  }

  *objects<S extends Exclude<SubjectType, 'Workload'>>(subject: S): Generator<SubjectList<SubjectTypes[S]>> {
    if (subject === 'APIServer') {
      yield { name: subject, objects: [undefined as SubjectTypes[S]], refOf: () => API_SERVER_REF };
      return;
    }
    if (subject === 'Principal') {
      const snapshot = this.#snapshot;
      const objects = listPrincipals(snapshot) as Iterable<SubjectTypes[S]>;
      const refOf = (principal: unknown) => refOfPrincipal(principal as RbacSubject);
      // In files they are where they are named first; in a cluster nobody asks.
      const originOf = (principal: unknown) => namedBy(principal as RbacSubject, snapshot) ?? {};
      yield { name: subject, objects, refOf, ...(snapshot.isWholeCluster ? {} : { originOf }) };
      return;
    }
    if (subject === 'Expectation') {
      yield {
        name: subject,
        objects: expectedIn(this.scope, this.#expected) as Iterable<SubjectTypes[S]>,
        refOf: (scoped) => refOfExpected(scoped as SubjectTypes['Expectation']),
      };
      return;
    }
    if (subject === 'AnnotatedObject') {
      yield {
        name: subject,
        objects: this.#annotated() as Iterable<SubjectTypes[S]>,
        refOf: (annotated) => (annotated as AnnotatedObject).ref,
        originOf: (annotated) => (annotated as AnnotatedObject).origin,
      };
      return;
    }
    const unobserved = this.unobservedKinds(subject);
    for (const kind of this.#kindsOf(subject)) {
      if (unobserved.includes(kind)) continue;
      yield {
        name: kind,
        objects: this.#list(kind) as Iterable<SubjectTypes[S]>,
        refOf: (object) => refOfObject(kind, object as Named),
        originOf: (object) => (object as Named).metadata,
      };
    }
  }

  *#annotated(): Generator<AnnotatedObject> {
    const unobserved = this.unobservedKinds('AnnotatedObject');
    for (const workload of this.workloads()) {
      const annotated = annotatedWorkload(workload);
      if (annotated !== undefined) yield annotated;
    }
    for (const kind of this.#kindsOf('AnnotatedObject')) {
      if (unobserved.includes(kind) || workloadKinds.some((one) => one === kind)) continue;
      for (const object of this.#list(kind)) {
        const annotated = annotatedObject(object.metadata, () => refOfObject(kind, object));
        if (annotated !== undefined) yield annotated;
      }
    }
  }

  #list(kind: KindName): Iterable<Named> {
    if (this.scope === 'cluster') return this.#snapshot.list(kind);
    if (kind !== 'Namespace') return this.#snapshot.list(kind, this.scope.namespace);
    const namespace = this.#snapshot.get('Namespace', '', this.scope.namespace);
    return namespace === undefined ? [] : [namespace];
  }

  /** Of the subject's kinds, those that live in this scope. A namespace is judged in its own posture. */
  #kindsOf(subject: SubjectType): readonly KindName[] {
    return subjectKinds[subject].filter((kind) => isKindInScope(kind, this.scope));
  }
}

function isKindInScope(kind: KindName, scope: Scope): boolean {
  return (scope !== 'cluster') === (kind === 'Namespace' || kinds[kind].isNamespaced);
}

function refOfObject(kind: KindName, { metadata: { name, namespace } }: Named): SubjectRef {
  const apiVersion = apiVersionOf(kinds[kind]);
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}

/** What has no object of its own. */
export function isOfCluster(subject: SubjectType): boolean {
  return subject === 'APIServer' || subject === 'Principal';
}

export function isInScope(subject: SubjectType, scope: Scope): boolean {
  if (subject === 'Expectation') return true;
  return isOfCluster(subject) ? scope === 'cluster' : subjectKinds[subject].some((kind) => isKindInScope(kind, scope));
}
