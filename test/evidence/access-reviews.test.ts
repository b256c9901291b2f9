import { expect } from 'chai';

import { reviewOwnGrant, reviewUnknownNode, reviewUnknownUser } from '../../src/evidence/access-reviews.ts';
import type { AccessReview, AccessReviewAnswer, AccessReviewSpec } from '../../src/evidence/server-access.ts';

const refused: AccessReviewAnswer = { outcome: 'answered', allowed: false, reason: '', evaluationError: '' };
const undecided: AccessReviewAnswer = { ...refused, evaluationError: 'Post "https://authorizer": i/o timeout' };
const byRbac: AccessReviewAnswer = {
  ...refused,
  allowed: true,
  reason: 'RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "cluster-admin" to Group "system:authenticated"',
};
const always = (answer: AccessReviewAnswer) => () => Promise.resolve(answer);
/** Of the reviews about URLs another answer than of those about objects. */
const eachOf =
  (ofObjects: AccessReviewAnswer, ofUrls: AccessReviewAnswer): AccessReview =>
  ({ nonResourceAttributes }) =>
    Promise.resolve(nonResourceAttributes === undefined ? ofObjects : ofUrls);
/** An authorizer that knows groups, and refuses whoever is in none. */
const byGroup: AccessReview = ({ groups = [] }) =>
  Promise.resolve({ ...refused, allowed: groups.includes('system:authenticated') });

describe('the reviews of a round', () => {
  it('tell that a user whom nobody knows is refused', async () => {
    expect(await reviewUnknownUser(always(refused), 'x')).to.deep.equal({ read: false });
  });

  it('tell that he is allowed something, whoever could not decide besides', async () => {
    const allowed = { ...undecided, allowed: true };
    expect(await reviewUnknownUser(always(allowed), 'x')).to.deep.equal({ read: true });
  });

  it('ask of somebody who is authenticated, as everybody is whom an authorizer ever sees, about objects and URLs', async () => {
    const asked: AccessReviewSpec[] = [];
    await reviewUnknownUser((spec) => {
      asked.push(spec);
      return Promise.resolve(refused);
    }, 'x');

    expect(asked.map(({ user, groups }) => [user, groups])).to.deep.equal([
      ['merlon-probe-x', ['system:authenticated']],
      ['merlon-probe-x', ['system:authenticated']],
    ]);
    expect(asked.map((spec) => Object.keys(spec).at(-1))).to.deep.equal([
      'resourceAttributes',
      'nonResourceAttributes',
    ]);
  });

  it('are not fooled by an authorizer that allows everything to a group', async () => {
    expect(await reviewUnknownUser(byGroup, 'x')).to.deep.equal({ read: true });
  });

  it('are not fooled by one that allows URLs alone, or objects alone', async () => {
    const allowed = { ...refused, allowed: true };
    expect(await reviewUnknownUser(eachOf(refused, allowed), 'x')).to.deep.equal({ read: true });
    expect(await reviewUnknownUser(eachOf(allowed, refused), 'x')).to.deep.equal({ read: true });
  });

  it('take what RBAC grants to everybody for no authorizer that allows everything, nor for none', async () => {
    expect(await reviewUnknownUser(always(byRbac), 'x')).to.deep.equal({
      missing:
        'RBAC allows a user that nobody knows whatever he was asked about, so that no authorizer behind it was asked; take away what is granted to system:authenticated: rule rbac-everybody-grants names it',
    });
    expect(await reviewUnknownUser(eachOf(byRbac, refused), 'x')).to.deep.equal({ read: false });
    expect(await reviewUnknownUser(eachOf(byRbac, { ...refused, allowed: true }), 'x')).to.deep.equal({ read: true });
    expect(await reviewUnknownUser(eachOf(byRbac, undecided), 'x')).to.have.property('missing');
  });

  it('do not take it for a refusal that an authorizer could not decide, and do not repeat its error', async () => {
    const missing = 'an authorizer could not decide; the log of the API server says which, and why';
    expect(await reviewUnknownUser(always(undecided), 'x')).to.deep.equal({ missing });
  });

  it('tell what an authorizer said, also where another could not decide', async () => {
    const reason = "NODE: no relationship found between node 'x' and this object";
    const answer = { ...undecided, reason };
    expect(await reviewUnknownNode(always(answer), 'x')).to.have.nested.property('read.reason', reason);
    expect(await reviewOwnGrant(always(answer))).to.have.nested.property('read.reason', reason);
  });

  it('name the permission that is missing', async () => {
    expect(await reviewUnknownUser(always({ outcome: 'forbidden' }), 'x'))
      .to.have.property('missing')
      .that.includes('subjectaccessreviews');
  });
});
