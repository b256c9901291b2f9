import { expect } from 'chai';

import { performSteps } from '../../../src/uninstall/apply/perform.ts';
import type { UninstallEnd } from '../../../src/uninstall/apply/perform.ts';
import type { UninstallStep } from '../../../src/uninstall/apply/uninstall-steps.ts';
import { NotSettled } from '../../../src/uninstall/apply/waiting.ts';
import { findStandingRepairs } from '../../../src/uninstall/plan/standing-repairs.ts';
import type { StepName, StepPlan } from '../../../src/uninstall/plan/steps.ts';
import { present } from '../plan/objects.ts';
import { defaultAccount } from '../plan/repaired-objects.ts';
import { openScriptedCluster } from './scripted-cluster.ts';

const roles = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles' };

function step(
  name: StepName,
  roleNames: readonly string[],
  more: Partial<UninstallStep & StepPlan> = {},
): UninstallStep {
  const tasks = roleNames.map((role) => ({
    kind: 'delete' as const,
    served: roles,
    object: present('rbac.authorization.k8s.io/v1', 'ClusterRole', role),
  }));
  const { undecided = [], ...own } = more;
  return { name, find: () => Promise.resolve({ tasks, notes: [], undecided }), ...own };
}

/** @param refusals status codes by the name of what is deleted */
async function perform(
  steps: readonly UninstallStep[],
  refusals: Readonly<Record<string, number>> = {},
): Promise<{ readonly end: UninstallEnd; readonly outcomes: readonly string[]; readonly requests: readonly string[] }> {
  const { transport, requests } = openScriptedCluster(({ path }) => {
    const code = refusals[path.split('/').at(-1) ?? ''];
    return code === undefined ? {} : { status: code, body: { message: `answer ${code}`, code } };
  });
  const outcomes: string[] = [];
  const end = await performSteps(steps, transport, {
    onStep: () => Promise.resolve(),
    onNote: () => Promise.resolve(),
    onTask(task, { outcome }) {
      if (task.kind === 'delete') outcomes.push(`${task.object.metadata.name} ${outcome}`);
      return Promise.resolve();
    },
  });
  return { end, outcomes, requests };
}

describe('the steps of an uninstallation', () => {
  it('are done one after the other, each object in its order', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `role-${index}`);
    const { end, outcomes } = await perform([step('admission', many), step('rights', ['last'])]);
    expect(end).to.deep.equal({ end: 'complete' });
    expect(outcomes).to.deep.equal([...many, 'last'].map((name) => `${name} done`));
  });

  it('go on where something is gone already', async () => {
    const { end, outcomes } = await perform([step('rights', ['a']), step('kinds', ['b'])], { a: 404 });
    expect([end.end, outcomes]).to.deep.equal(['complete', ['a gone', 'b done']]);
  });

  it('try all of a step and do not begin the next where a right is missing', async () => {
    const { end, outcomes } = await perform([step('rights', ['a', 'b', 'c']), step('kinds', ['d'])], { b: 403 });
    expect(end).to.deep.equal({ end: 'refused', name: 'rights', message: 'answer 403' });
    expect(outcomes).to.deep.equal(['a done', 'b forbidden', 'c done']);
  });

  it('say which right is missing where something else failed, too', async () => {
    const { end } = await perform([step('rights', ['a', 'b'])], { a: 409, b: 403 });
    expect(end).to.deep.equal({ end: 'refused', name: 'rights', message: 'answer 403' });
  });

  it('do not begin the next where another object has taken the name', async () => {
    const { end } = await perform([step('rights', ['a']), step('kinds', ['b'])], { a: 409 });
    expect(end).to.deep.equal({
      end: 'incomplete',
      name: 'rights',
      message: 'another object has taken its name: answer 409',
    });
  });

  it('do not begin the next before what was deleted is gone', async () => {
    const settle = () => Promise.reject(new NotSettled('it is still there'));
    const { end, outcomes } = await perform([step('operator', ['a'], { settle }), step('rights', ['b'])]);
    expect(end).to.deep.equal({ end: 'incomplete', name: 'operator', message: 'it is still there' });
    expect(outcomes).to.deep.equal(['a done']);
  });

  it('remove nothing more where a repair is found of which nobody has said what becomes of it', async () => {
    const undecided = findStandingRepairs([defaultAccount()], []);
    const { end, requests } = await perform([step('repairs', [], { undecided }), step('records', ['a'])]);
    expect([end.end, requests]).to.deep.equal(['refused', []]);
  });
});
