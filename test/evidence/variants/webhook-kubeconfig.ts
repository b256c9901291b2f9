/** How an API server is told where a webhook is. */

/** Where the test has an authorization webhook that has no opinion on anything. */
export const WITHOUT_OPINION = '{webhook}';

/** Where nobody listens. */
export const UNREACHABLE = 'http://127.0.0.1:1/';

export function webhookKubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'webhook', cluster: { server } }],
    users: [{ name: 'webhook', user: {} }],
    contexts: [{ name: 'webhook', context: { cluster: 'webhook', user: 'webhook' } }],
    'current-context': 'webhook',
  });
}
