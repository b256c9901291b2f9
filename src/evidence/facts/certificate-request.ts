/**
 * Whether users may show certificates, by what an API server asks of whoever connects: it names the authorities that it
 * takes, those of users and those of the front proxy, which tell nothing of users.
 *
 * Of medium confidence: what ends TLS before it would ask for itself. Source: k8s.io/apiserver v0.37.2,
 * pkg/server/secure_serving.go and pkg/server/dynamiccertificates/tlsconfig.go.
 */
import type { CertificateRequest } from '../certificate-request.ts';
import { printName } from '../distinguished-name.ts';
import type { ClientAuthorities } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';
import { ask } from './witness.ts';
import type { Said, Testimony } from './witness.ts';

const MAX_NAMED = 3;

export function tellFromHandshake({ tls, clientAuthorities }: ServerReadings): Testimony<boolean> {
  return ask(tls, ({ certificateRequest }) =>
    ask(certificateRequest, (request) => {
      if (!request.isAsked) return saidByHandshake(false, 'it asks for no client certificate');
      return request.authorities.length === 0
        ? { silent: 'it asks for client certificates, and does not say of whom' }
        : ask(clientAuthorities, (published) => tellOfUsers(request, published));
    }),
  );
}

/** @param published all that any of them has or had: whoever is not of the front proxy there is of users */
function tellOfUsers(
  { authorities }: CertificateRequest,
  { clientSubjects, frontProxySubjects }: ClientAuthorities,
): Testimony<boolean> {
  const ofUsers = authorities.filter((one) => !frontProxySubjects.includes(one));
  if (ofUsers.length > 0) return saidByHandshake(true, `it asks for client certificates of ${printNames(ofUsers)}`);
  return authorities.some((one) => clientSubjects.includes(one))
    ? { silent: 'it asks for client certificates of an authority that is, or was, of users and of the front proxy' }
    : saidByHandshake(false, 'it asks for client certificates of the front proxy alone');
}

function printNames(authorities: readonly string[]): string {
  const names = [...new Set(authorities.map((one) => printName(one) ?? 'an authority without a name'))];
  return names.length > MAX_NAMED ? `${names.slice(0, MAX_NAMED).join(', ')}, …` : names.join(', ');
}

function saidByHandshake(value: boolean, detail: string): Said<boolean> {
  return { value, source: 'TLS handshake', confidence: 'medium', detail };
}
