import { expect } from 'chai';

import { reviewOwnGrant, reviewUnknownNode, reviewUnknownUser } from '../../src/evidence/access-reviews.ts';
import type { AccessReviewAnswer } from '../../src/evidence/server-access.ts';

const refused: AccessReviewAnswer = { outcome: 'answered', allowed: false, reason: '', evaluationError: '' };
const undecided: AccessReviewAnswer = { ...refused, evaluationError: 'Post "https://authorizer": i/o timeout' };
const always = (answer: AccessReviewAnswer) => () => Promise.resolve(answer);

describe('the reviews of a round', () => {
  it('tell that a user whom nobody knows is refused', async () => {
    expect(await reviewUnknownUser(always(refused), 'x')).to.deep.equal({ read: false });
  });

  it('tell that he is allowed something, whoever could not decide besides', async () => {
    const allowed = { ...undecided, allowed: true };
    expect(await reviewUnknownUser(always(allowed), 'x')).to.deep.equal({ read: true });
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
