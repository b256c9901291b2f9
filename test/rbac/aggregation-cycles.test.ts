import { expect } from 'chai';

import { aggregationCyclesOf } from '../../src/rbac/aggregation-cycles.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

function cyclesOf(yaml: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(aggregationCyclesOf(snapshotOf(yaml)));
}

describe('aggregated roles', () => {
  it('that gather in one direction make no cycle', () => {
    expect(
      cyclesOf(`
kind: ClusterRole
metadata: { name: admin }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-admin: x } }] }
---
kind: ClusterRole
metadata: { name: edit, labels: { to-admin: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-edit: x } }] }
---
kind: ClusterRole
metadata: { name: own, labels: { to-edit: x, to-admin: x } }
`),
    ).to.deep.equal({});
  });

  it('that select themselves make none', () => {
    expect(
      cyclesOf(`
kind: ClusterRole
metadata: { name: own, labels: { to-own: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-own: x } }] }
`),
    ).to.deep.equal({});
  });

  it('that gather each other make one, and those that only give to it or take from it are not in it', () => {
    expect(
      cyclesOf(`
kind: ClusterRole
metadata: { name: c, labels: { to-b: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-c: x } }] }
---
kind: ClusterRole
metadata: { name: a, labels: { to-c: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-a: x } }, { matchLabels: { gives: x } }] }
---
kind: ClusterRole
metadata: { name: b, labels: { to-a: x, to-taker: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-b: x } }] }
---
kind: ClusterRole
metadata: { name: giver, labels: { gives: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { nothing: x } }] }
---
kind: ClusterRole
metadata: { name: taker }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-taker: x } }] }
`),
    ).to.deep.equal({ a: ['a', 'b', 'c'], b: ['a', 'b', 'c'], c: ['a', 'b', 'c'] });
  });

  it('may make several', () => {
    expect(
      cyclesOf(`
kind: ClusterRole
metadata: { name: a, labels: { to-b: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-a: x } }, { matchLabels: { to-d: x } }] }
---
kind: ClusterRole
metadata: { name: b, labels: { to-a: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-b: x } }] }
---
kind: ClusterRole
metadata: { name: c, labels: { to-d: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-c: x } }] }
---
kind: ClusterRole
metadata: { name: d, labels: { to-c: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-d: x } }] }
`),
    ).to.deep.equal({ a: ['a', 'b'], b: ['a', 'b'], c: ['c', 'd'], d: ['c', 'd'] });
  });

  it('that select everything gather each other', () => {
    expect(
      cyclesOf(`
kind: ClusterRole
metadata: { name: a }
aggregationRule: { clusterRoleSelectors: [{}] }
---
kind: ClusterRole
metadata: { name: b }
aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: x, operator: DoesNotExist }] }] }
`),
    ).to.deep.equal({ a: ['a', 'b'], b: ['a', 'b'] });
  });

  it('whose labels cannot be read make none', () => {
    expect(
      cyclesOf(`
kind: ClusterRole
metadata: { name: a, labels: 7 }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-a: x } }] }
---
kind: ClusterRole
metadata: { name: b, labels: { to-a: x } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-b: x } }] }
---
kind: ClusterRole
metadata: { name: c }
aggregationRule: broken
`),
    ).to.deep.equal({});
  });
});
