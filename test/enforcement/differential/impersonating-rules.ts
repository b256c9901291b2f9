/** Rules of roles that nobody thought of. */
import type { PolicyRule } from '../../../src/core/rbac-shape.ts';
import { createRandom, oneOf } from '../../bench/random.ts';

/** Dense in what lets act as others; the same for the same number. */
export function generateRules(index: number): readonly PolicyRule[] {
  const random = createRandom(Math.imul(index + 1, 0x9e3779b1));
  random();
  const some = (choices: readonly string[]): string[] => [
    ...new Set(Array.from({ length: 1 + Math.floor(random() * 2) }, () => oneOf(random, choices))),
  ];
  return Array.from({ length: 1 + Math.floor(random() * 2) }, () => ({
    apiGroups: some(['', '', 'authentication.k8s.io', 'apps', '*']),
    resources: some([
      'users',
      'groups',
      'serviceaccounts',
      'serviceaccounts',
      'serviceaccounts',
      'uids',
      'userextras/a',
      '*/a',
      'userextras',
      'userextras/*',
      '*/*',
      '*',
      'nodes',
      'pods',
    ]),
    verbs: some([
      ...['impersonate', 'impersonate', 'get', '*', 'impersonate:user-info', 'impersonate:serviceaccount'],
      ...['impersonate:arbitrary-node', 'impersonate:associated-node', 'impersonate-on:user-info:get', 'Impersonate'],
    ]),
    ...(random() < 0.4 ? { resourceNames: ['web'] } : {}),
  }));
}
