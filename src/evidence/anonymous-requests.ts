/**
 * Asks the API server without any credential and notes what it answers: the truth about anonymous requests, whatever
 * flags and files say.
 *
 * Six GET requests a round; each leaves an audit event of system:anonymous.
 */
import { anonymousPaths } from '../api/v1alpha1/facts.ts';
import type { AnonymousAnswer } from '../core/evidence.ts';
import { messageOf, unusable } from './reading.ts';
import type { Get, Reading } from './reading.ts';

/** @param get sends no credentials; undefined where that is switched off */
export async function collectAnonymousAnswers(get: Get | undefined): Promise<Reading<readonly AnonymousAnswer[]>> {
  if (get === undefined) {
    return { missing: 'requests without credentials are switched off (--no-anonymous-probe)' };
  }
  const answers: AnonymousAnswer[] = [];
  for (const path of anonymousPaths) {
    try {
      const { status, body } = await get(path);
      answers.push({ path, status, namesAnonymousUser: body.includes('system:anonymous') });
    } catch (error) {
      return unusable(`GET ${path} without credentials was not answered: ${messageOf(error)}`);
    }
  }
  return { read: answers };
}
