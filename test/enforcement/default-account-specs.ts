/** Every way in which the spec of a pod comes to a token of the default account, or nearly does. */
import { DEFAULT_TOKEN_PATH as TOKEN_PATH } from '../../src/core/token-mounts.ts';

export const container = { name: 'main', image: 'registry.example/main:1' };

const off = { automountServiceAccountToken: false };
const on = { automountServiceAccountToken: true };
const mountAt = (name: string, mountPath: string, more: object = {}) => ({
  ...container,
  volumeMounts: [{ name, mountPath, ...more }],
});
/** A volume in the one container. */
const held = (volume: object, mountPath: string, more: object = {}) => ({
  containers: [mountAt('held', mountPath, more)],
  volumes: [{ name: 'held', ...volume }],
});
const secret = { secret: { secretName: 'my' } };
const among = (name: string) => ({ projected: { sources: [{ configMap: { name: 'a' } }, { secret: { name } }] } });
const tokenFor = (audience?: string) => ({
  projected: { sources: [{ serviceAccountToken: { path: 'token', ...(audience === undefined ? {} : { audience }) } }] },
});
/** As API servers are called whose issuer is one of a provider. */
const OWN_ISSUER = 'https://oidc.example.com/id/1';

export const defaultAccountSpecs: Readonly<Record<string, object>> = {
  silent: {},
  asks: on,
  refuses: off,
  projects: { ...off, volumes: [{ name: 'token', ...tokenFor() }] },
  'projects-for-vault': { ...off, ...held(tokenFor('vault'), '/tokens') },
  'projects-for-somebody-in-its-place': { ...off, ...held(tokenFor(OWN_ISSUER), TOKEN_PATH) },
  'projects-for-somebody-elsewhere': { ...off, ...held(tokenFor(OWN_ISSUER), '/tokens') },
  'asks-and-is-given-one-for-somebody': { ...on, volumes: [{ name: 'kube-api-access-zz', ...tokenFor(OWN_ISSUER) }] },
  'own-account': { serviceAccountName: 'web' },
  'own-account-asks': { serviceAccountName: 'web', ...on, volumes: [{ name: 'token', ...tokenFor() }] },
  'has-the-path': held({ emptyDir: {} }, TOKEN_PATH),
  'asks-and-has-the-path': { ...on, ...held({ emptyDir: {} }, TOKEN_PATH) },
  'asks-and-has-the-path-read-only': { ...on, ...held({ emptyDir: {} }, TOKEN_PATH, { readOnly: true }) },
  'asks-and-one-has-the-path': {
    ...on,
    ...held({ emptyDir: {} }, TOKEN_PATH),
    initContainers: [{ ...container, name: 'setup' }],
  },
  'asks-and-has-the-path-with-a-slash': { ...on, ...held({ emptyDir: {} }, `${TOKEN_PATH}/`) },
  'asks-and-is-given-another-volume': { ...on, volumes: [{ name: 'kube-api-access-zz', emptyDir: {} }] },
  'asks-and-is-given-a-secret': { ...on, volumes: [{ name: 'kube-api-access-zz', ...secret }] },
  'asks-and-is-given-a-projected-secret': { ...on, volumes: [{ name: 'kube-api-access-zz', ...among('my') }] },
  'asks-and-is-given-the-first': {
    ...on,
    volumes: [
      { name: 'kube-api-access-zz', emptyDir: {} },
      { name: 'kube-api-access-aa', ...secret },
    ],
  },
  'given-a-secret': { volumes: [{ name: 'kube-api-access-zz', ...secret }] },
  'legacy-secret': { ...off, volumes: [{ name: 'secret', secret: { secretName: 'default-token-x7k2p' } }] },
  'legacy-secret-among': { ...off, volumes: [{ name: 'secret', ...among('default-token-x7k2p') }] },
  'secret-in-its-place': { ...off, ...held(secret, TOKEN_PATH, { readOnly: true }) },
  'secret-among-in-its-place': { ...off, ...held(among('my'), TOKEN_PATH) },
  'secret-in-its-place-of-init': {
    ...off,
    initContainers: [{ ...mountAt('held', TOKEN_PATH), name: 'setup' }],
    volumes: [{ name: 'held', ...secret }],
  },
  'secret-in-its-place-with-a-slash': { ...off, ...held(secret, `${TOKEN_PATH}/`) },
  'secret-in-its-place-with-dots': { ...off, ...held(secret, '/var/./run//secrets/kubernetes.io/./serviceaccount/.') },
  'secret-in-its-place-by-the-link': { ...off, ...held(secret, '/run/secrets/kubernetes.io/serviceaccount') },
  'secret-as-the-file': { ...off, ...held(secret, `${TOKEN_PATH}/token`, { subPath: 'token' }) },
  'secret-above': { ...off, ...held(secret, '/var/run/secrets/kubernetes.io') },
  'secret-elsewhere': { ...off, ...held(secret, '/etc/tls') },
  'secret-among-elsewhere': { ...off, ...held(among('my'), '/etc/tls') },
};
