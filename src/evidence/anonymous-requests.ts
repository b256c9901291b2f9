/**
 * Asks the API server without any credential and notes what it answers: the truth about anonymous requests, whatever
 * flags and files say.
 *
 * Six GET requests a round; each leaves an audit event of system:anonymous.
 */
import { anonymousPaths } from '../api/v1alpha1/facts.ts';
import type { AnonymousAnswer, Evidence } from '../core/evidence.ts';

/** Sends a GET without credentials. */
export type AnonymousGet = (path: string) => Promise<{ readonly status: number; readonly body: string }>;

export async function collectAnonymousRequests(get: AnonymousGet): Promise<Evidence['anonymousRequests']> {
  const value: AnonymousAnswer[] = [];
  for (const path of anonymousPaths) {
    try {
      const { status, body } = await get(path);
      value.push({ path, status, namesAnonymousUser: body.includes('system:anonymous') });
    } catch (error) {
      return { unobserved: `GET ${path} without credentials was not answered: ${messageOf(error)}` };
    }
  }
  return {
    value,
    source: 'requests without credentials',
    confidence: 'high',
    detail: value.map(({ path, status }) => `GET ${path} ${status}`).join(', '),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
