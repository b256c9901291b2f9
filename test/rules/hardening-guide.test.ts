/** That what guides demand of an API server is some rule's, and that their old flags are found in a page with what came after. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { sampleReadings } from '../../src/generate/sample-readings.ts';
import { findVerdicts } from '../../src/generate/rule-verdicts.ts';
import { askWitnesses } from '../../src/generate/told-facts.ts';
import { rules } from '../../src/rules/index.ts';

const root = join(import.meta.dirname, '../..');
const serverRules = rules.filter(({ subject }) => subject === 'APIServer');

const authentication = ['--authentication-config', 'AuthenticationConfiguration'];
const authorization = ['--authorization-config', 'AuthorizationConfiguration'];
const admission = ['--enable-admission-plugins', '--admission-control-config-file', 'AdmissionConfiguration'];

/** By each flag of the guide the file-based form that stands in its place, or that there is none. */
const successors: Readonly<Record<string, readonly string[]>> = {
  'anonymous-auth': authentication,
  'authorization-mode': authorization,
  'oidc-issuer-url': authentication,
  'oidc-client-id': authentication,
  'client-ca-file': ['which AuthenticationConfiguration has no field for'],
  'tls-cert-file': ['which no configuration file stands in place of'],
  'tls-private-key-file': ['which no configuration file stands in place of'],
  'admission-control': admission,
};

describe('the flags of the guide', () => {
  for (const [flag, after] of Object.entries(successors)) {
    it(`--${flag} is named in the page of a rule, with what came after it`, async () => {
      const pages = await Promise.all(
        serverRules.map(async ({ id }) => ({
          id,
          text: await readFile(join(root, `docs/rules/${id}.md`), 'utf8'),
        })),
      );
      // By its whole name: --admission-control is the beginning of another.
      const named = pages.filter(({ text }) => new RegExp(`--${flag}(?![\\w-])`).test(text));
      expect(named).not.to.deep.equal([]);
      const whole = named.filter(({ text }) => after.every((word) => text.includes(word)));
      expect(
        whole.map(({ id }) => id),
        `of ${named.map(({ id }) => id).join(', ')}`,
      ).not.to.deep.equal([]);
    });
  }
});

const items = Array.from({ length: 30 }, (_, index) => `1.2.${index + 1}`);

function rulesOf(item: string): typeof serverRules {
  return serverRules.filter(({ controls }) => controls.includes(`cis-1.12/${item}`));
}

/** Sources that show how it was started, which a provider may keep to himself. */
const flagSources: ReadonlySet<string> = new Set([
  '/flagz',
  'Pod kube-system/kube-apiserver-NODE',
  'annotation k3s.io/node-args of a node',
  'ConfigMap openshift-kube-apiserver/config',
  'ConfigMap kube-system/kubeadm-config',
]);

describe('the items of CIS 1.2', () => {
  it('each have a rule about the API server', () => {
    expect(items.filter((item) => rulesOf(item).length === 0)).to.deep.equal([]);
  });

  it('are in docs/api-server.md where flags alone tell, and nowhere else', async () => {
    const told = askWitnesses(sampleReadings);
    const isToldOtherwise = (item: string): boolean =>
      rulesOf(item).some((rule) =>
        [...findVerdicts(rule, told)].some(([name, verdicts]) =>
          (told.get(name)?.told ?? []).some(
            ({ source, value }) =>
              !flagSources.has(source) &&
              verdicts.some(
                (one) =>
                  one.outcome !== 'notApplicable' &&
                  one.others.size === 0 &&
                  JSON.stringify(one.value) === JSON.stringify(value),
              ),
          ),
        ),
      );
    const byFlagsAlone = items.filter((item) => !isToldOtherwise(item));

    const page = await readFile(join(root, 'docs/api-server.md'), 'utf8');
    const [, listed = ''] = /Flags alone tell ([\s\S]*?):/.exec(page) ?? [];
    expect(listed.match(/1\.2\.\d+/g)).to.deep.equal(byFlagsAlone);
  });
});
