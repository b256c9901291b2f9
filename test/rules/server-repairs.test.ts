/** What every rule about the API server has to say of its repair, its flags and its standards. */
import { expect } from 'chai';
import { load } from 'js-yaml';

import { findSilentPlatforms, flagsAbout, platforms } from '../../src/core/server-repair.ts';
import type { ServerRepair } from '../../src/core/server-repair.ts';
import { briefRepair, guideRepair } from '../../src/core/server-platforms.ts';
import { printYaml } from '../../src/generate/generated-file.ts';
import { buildRulePages } from '../../src/generate/rule-pages.ts';
import { ruleFolderNames, ruleSource } from '../../src/generate/rule-source.ts';
import { rules } from '../../src/rules/index.ts';

const serverRules = rules.filter(({ subject }) => subject === 'APIServer');
const ids = serverRules.map(({ id }) => id);

function repairOf(id: string): ServerRepair {
  const repair = serverRules.find((rule) => rule.id === id)?.repair;
  if (repair === undefined) throw new Error(`${id} has no repair`);
  return repair;
}

function idsWithout(standard: string): readonly string[] {
  return serverRules.filter(({ controls }) => !controls.some((one) => one.startsWith(standard))).map(({ id }) => id);
}

async function pageOf(id: string): Promise<string> {
  const rule = serverRules.find((one) => one.id === id);
  const folder = ruleFolderNames.find((name) => id.startsWith(`${name}-`));
  if (rule === undefined || folder === undefined) throw new Error(`there is no rule ${id}`);
  const [page] = await buildRulePages([{ ...ruleSource(folder, id.slice(folder.length + 1)), rule }]);
  return page?.content ?? '';
}

describe('rules about the API server', () => {
  it('there are all of them', () => {
    expect(ids).to.have.length.greaterThan(40);
  });

  it('each says on every platform what repairs it, and how by flags, a file or what that platform has', () => {
    const silent = ids.filter((id) => {
      const lines = briefRepair(repairOf(id));
      return lines.length !== platforms.length || lines.some(({ text }) => text === '');
    });
    expect(silent).to.deep.equal([]);
    expect(ids.filter((id) => findSilentPlatforms(repairOf(id)).length > 0)).to.deep.equal([]);
  });

  it('what they tell people to write is YAML that says what was meant', () => {
    let count = 0;
    for (const id of ids) {
      for (const platform of platforms) {
        for (const { documents } of guideRepair(platform, repairOf(id), printYaml).manifests) {
          for (const one of documents) expect(load(printYaml(one)), id).to.deep.equal(one);
          count += documents.length;
        }
      }
    }
    expect(count).to.be.greaterThan(100);
  });

  it('no repair takes a flag from another that it sets, and none is set in place of which its file stands', () => {
    for (const id of ids) {
      const { set = {}, drop = [] } = repairOf(id);
      expect(drop.filter((flag) => Object.hasOwn(set, flag))).to.deep.equal([]);
    }
  });

  interface Flag {
    readonly flag: string;
    readonly rule: string;
    /** What stands in its place today: named in the page. */
    readonly successor: RegExp;
  }
  /** The flags of the guide that this catalogue started from. */
  const flagsOfTheGuide: readonly Flag[] = [
    {
      flag: 'anonymous-auth',
      rule: 'api-server-anonymous-requests',
      successor: /kind: AuthenticationConfiguration\nanonymous:/,
    },
    {
      flag: 'authorization-mode',
      rule: 'api-server-always-allow',
      successor: /kind: AuthorizationConfiguration\nauthorizers:/,
    },
    {
      flag: 'oidc-issuer-url',
      rule: 'api-server-external-identities',
      successor: /kind: AuthenticationConfiguration\njwt:/,
    },
    {
      flag: 'oidc-client-id',
      rule: 'api-server-external-identities',
      successor: /issuer:\n +url: .*\n +audiences:/,
    },
    {
      flag: 'client-ca-file',
      rule: 'api-server-client-authority',
      successor: /which AuthenticationConfiguration has no field for/,
    },
    {
      flag: 'tls-cert-file',
      rule: 'api-server-serving-certificate-file',
      successor: /which no configuration file stands in place of/,
    },
    {
      flag: 'tls-private-key-file',
      rule: 'api-server-serving-certificate-file',
      successor: /which no configuration file stands in place of/,
    },
    {
      flag: 'admission-control',
      rule: 'api-server-legacy-admission-control',
      successor: /--enable-admission-plugins[^]*AdmissionConfiguration \(apiserver\.config\.k8s\.io\/v1\)/,
    },
  ];
  for (const { flag, rule, successor } of flagsOfTheGuide) {
    it(`the page of ${rule} names --${flag} and what stands in its place`, async () => {
      expect(flagsAbout(repairOf(rule))).to.include(flag);
      const page = await pageOf(rule);
      expect(page).to.contain(`--${flag}`);
      expect(page).to.match(successor);
    });
  }

  it('each item of section 1.2 of the CIS benchmark is judged by one of them', () => {
    const items = new Set(serverRules.flatMap(({ controls }) => controls));
    const all = Array.from({ length: 30 }, (_, index) => `cis-1.12/1.2.${index + 1}`);
    expect(all.filter((item) => !items.has(item))).to.deep.equal([]);
  });

  it('those that no item of the CIS benchmark asks for are known, with the reason', () => {
    expect(idsWithout('cis-')).to.have.members([
      // The webhook authorizer, exec through admission and the oldest TLS version are no items of CIS 1.12.
      'api-server-authorization-webhook',
      'api-server-exec-admission',
      'api-server-tls-version',
      // An item of benchmarks for Kubernetes that still had the port.
      'api-server-insecure-port',
      // The benchmark looks at one argument list, once.
      'api-server-instances-differ',
      'api-server-sources-differ',
      // It asks for a certificate, not how long it holds, and for no version.
      'api-server-serving-certificate',
      'api-server-supported-version',
      'api-server-version-skew',
      // It judges what is granted, not what is missing.
      'rbac-predefined-missing',
    ]);
  });

  it('those that the NSA guidance has no section for are known, with the reason', () => {
    expect(idsWithout('nsa/')).to.have.members([
      // Admission plugins that it does not speak of.
      'api-server-always-admit',
      'api-server-event-rate-limit',
      'api-server-namespace-lifecycle',
      // Availability and debugging, which it leaves to the benchmark.
      'api-server-profiling',
      'api-server-request-timeout',
    ]);
  });
});
