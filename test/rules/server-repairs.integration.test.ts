/** A real API server that is started with what all repairs say: it starts, and the rules that were repaired pass. */
import { expect } from 'chai';

import { declarationOf, writtenFile } from '../../src/core/server-repair.ts';
import type { ConfigurationKind } from '../../src/core/server-repair.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { rules } from '../../src/rules/index.ts';
import { startAuthorizationWebhook } from '../evidence/variants/authorization-webhook.ts';
import type { AuthorizationWebhook } from '../evidence/variants/authorization-webhook.ts';
import { observeServer } from '../evidence/variants/observed-server.ts';
import { judgeServer } from '../evidence/variants/seen.ts';
import { webhookKubeconfig, WITHOUT_OPINION } from '../evidence/variants/webhook-kubeconfig.ts';
import { skipUnlessMet } from '../support/integration.ts';

type Content = Readonly<Record<string, unknown>>;

/** All files of one kind in one, lists one after the other. */
function mergeContents(contents: readonly Content[]): Content {
  const merged: Record<string, unknown> = {};
  for (const content of contents) {
    for (const [key, value] of Object.entries(content)) {
      const before = merged[key];
      merged[key] = isList(before) && isList(value) ? [...before, ...value] : value;
    }
  }
  return merged;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Each authorizer once. */
function distinct(content: Content): Content {
  const entries = Object.entries(content).map(([key, value]) => [
    key,
    isList(value) ? [...new Map(value.map((one) => [JSON.stringify(one), one])).values()] : value,
  ]);
  return Object.fromEntries(entries) as Content;
}

const repairs = rules.flatMap(({ repair }) => (repair === undefined ? [] : [repair]));

function buildStart(): { readonly flags: Record<string, string | null>; readonly files: Record<string, string> } {
  const flags: Record<string, string | null> = { 'authorization-mode': null };
  const files: Record<string, string> = { 'webhook.kubeconfig': webhookKubeconfig(WITHOUT_OPINION) };
  const ofFiles = Map.groupBy(
    repairs.flatMap(({ file }) => (file === undefined ? [] : [file])),
    ({ kind }) => kind,
  );
  const replaced = [...ofFiles.keys()].flatMap((kind: ConfigurationKind) => declarationOf(kind).replaces);
  for (const { set = {} } of repairs) {
    for (const [flag, value] of Object.entries(set)) {
      // Files of certificates are the test's own.
      if (!value.startsWith('/') && !replaced.includes(flag)) flags[flag] = value;
    }
  }
  flags['audit-log-path'] = '{dir}/audit.log';
  flags['enable-admission-plugins'] = [...new Set(repairs.flatMap(({ enable = [] }) => enable))].join(',');
  for (const [kind, some] of ofFiles) {
    const { flag, fileName } = declarationOf(kind);
    const written = writtenFile({ kind, content: distinct(mergeContents(some.map(({ content }) => content))) });
    flags[flag] = `{dir}/${fileName}`;
    files[fileName] = JSON.stringify(written)
      .replace('/etc/kubernetes/authorization-webhook.yaml', '{dir}/webhook.kubeconfig')
      .replace('32 random bytes in base64', Buffer.alloc(32, 'k').toString('base64'));
  }
  return { flags, files };
}

describe('an API server that follows every repair', () => {
  let webhook: AuthorizationWebhook | undefined;
  after('webhook', () => webhook?.stop());

  it('starts, and passes what it was repaired for', async function () {
    this.timeout(5 * 60_000);
    skipUnlessMet(this, ['own', 'emulation']);
    const { flags, files } = buildStart();
    expect(Object.keys(files)).to.have.members([
      'webhook.kubeconfig',
      'authentication.yaml',
      'authorization.yaml',
      'admission.yaml',
      'encryption.yaml',
      'audit-policy.yaml',
    ]);
    const start = { apiServerFlags: flags, files };
    // One that cannot be asked leaves open what is allowed.
    webhook = await startAuthorizationWebhook();
    const { readings, objects } = await observeServer({ name: 'repaired', start, facts: {} }, webhook.url);
    const verdicts = judgeServer(objects, concludeEvidence(readings));
    const repaired = [
      'api-server-always-allow',
      'api-server-always-pull-images',
      'api-server-anonymous-requests',
      'api-server-audit-retention',
      'api-server-auditing',
      'api-server-event-rate-limit',
      'api-server-extended-tokens',
      'api-server-node-restriction',
      'api-server-profiling',
      'api-server-rbac-authorizer',
      'api-server-request-timeout',
      'api-server-secrets-encryption',
      'api-server-service-external-ips',
      'api-server-tls-ciphers',
      'api-server-tls-version',
    ];
    expect(Object.fromEntries(repaired.map((id) => [id, verdicts[id]]))).to.deep.equal(
      Object.fromEntries(repaired.map((id) => [id, 'pass'])),
    );
  });
});
