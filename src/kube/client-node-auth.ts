/**
 * Credentials from exec plug-ins and identity providers, by the official client. It is the only module that knows that
 * client, it loads it when first needed, and the operator never imports it.
 */
import type { KubeConfig } from '@kubernetes/client-node';
import type { CredentialPlugin, Credentials } from './cluster-config.ts';
import type { PluginUser } from './kubeconfig.ts';

/** @throws if the client cannot be loaded, or does not know what the user's fields ask for */
export async function loadCredentialPlugin(user: PluginUser): Promise<CredentialPlugin> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const open = (): KubeConfig => openConfig(new KubeConfig(), user);
  let config = open();
  return {
    async read(): Promise<Credentials> {
      const options: HttpsOptions = {};
      await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
      const authorization = options.headers?.['Authorization'];
      const certificatePem = textOf(options.cert);
      const keyPem = textOf(options.key);
      return {
        ...(authorization === undefined ? {} : { authorization }),
        ...(certificatePem === undefined ? {} : { certificatePem }),
        ...(keyPem === undefined ? {} : { keyPem }),
      };
    },
    invalidate() {
      // What was obtained is kept within the configuration: a new one asks again.
      config = open();
    },
  };
}

/** What client-node fills in; it keeps certificates as text or bytes. */
interface HttpsOptions {
  headers?: Readonly<Record<string, string>>;
  cert?: string | Buffer;
  key?: string | Buffer;
}

function openConfig(config: KubeConfig, { name, fields, server }: PluginUser): KubeConfig {
  config.loadFromString(
    JSON.stringify({
      clusters: [{ name: 'cluster', cluster: { server } }],
      users: [{ name, user: fields }],
      contexts: [{ name: 'context', context: { cluster: 'cluster', user: name } }],
      'current-context': 'context',
    }),
  );
  return config;
}

function textOf(material: string | Buffer | undefined): string | undefined {
  return typeof material === 'object' ? material.toString('utf8') : material;
}
