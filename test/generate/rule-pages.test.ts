import { expect } from 'chai';

import { buildRuleIndex } from '../../src/generate/rule-index.ts';
import { buildRulePages } from '../../src/generate/rule-pages.ts';
import { camelCase, ruleSource } from '../../src/generate/rule-source.ts';
import type { LoadedRule } from '../../src/generate/rule-source.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import { hostPorts } from '../../src/rules/pod/host-ports.ts';
import { imagePullPolicy } from '../../src/rules/pod/image-pull-policy.ts';
import { runAsNonRoot } from '../../src/rules/pod/run-as-non-root.ts';
import { runAsUser } from '../../src/rules/pod/run-as-user.ts';
import { privileged } from '../../src/rules/pod/privileged.ts';

describe('pages of rules', () => {
  const source = ruleSource('pod', 'privileged');
  const loaded: LoadedRule = {
    ...source,
    rule: {
      ...privileged,
      title: 'Containers must not *be* <b>root</b> | admin',
      reads: ['Namespace'],
      remediation: 'Set a_b to `false`.',
    },
  };

  it('hold what the rule says of itself, with examples as YAML', async () => {
    const [page] = await buildRulePages([loaded]);
    expect(page?.path).to.equal('docs/rules/pod-privileged.md');
    expect(page?.content).to.include('# pod-privileged\n');
    expect(page?.content).to.match(
      /\| critical +\| everywhere +\| Workload +\| Namespace +\| `pss\/baseline\/privileged`, /,
    );
    expect(page?.content).to.include(`\`\`\`yaml\n${privileged.example.fails}\`\`\``);
    expect(page?.content).to.include('[src/rules/pod/privileged.ts](../../src/rules/pod/privileged.ts)');
  });

  it('show every text as it is written, whatever Markdown would make of it', async () => {
    const [page, catalogue] = await buildRulePages([loaded]);
    expect(page?.content).to.include('**Containers must not \\*be\\* \\<b\\>root\\</b\\> \\| admin.**');
    expect(page?.content).to.include('Set a\\_b to \\`false\\`.');
    expect(catalogue?.content).to.include('Containers must not \\*be\\* \\<b\\>root\\</b\\> \\| admin');
  });

  it('say how the API server holds new objects to the rule, and what it sets in them', async () => {
    const pageOf = async (rule: AnyRule): Promise<string> => {
      const [page] = await buildRulePages([{ ...source, rule }]);
      return page?.content ?? '';
    };
    expect(await pageOf(privileged)).to.include(
      '## Enforced by the API server\n\n`merlon enforce -o yaml --families pod-security --rules pod-privileged` prints a ValidatingAdmissionPolicy (Kubernetes 1.30 or later)',
    );
    expect(await pageOf(privileged))
      .to.include('`merlon-pod-security`')
      .and.not.include('MutatingAdmissionPolicy');
    expect(await pageOf(runAsNonRoot)).to.include('--rules pod-run-as-non-root --kubernetes-version 1.37` prints');
    expect(await pageOf(runAsNonRoot)).to.include(
      'that sets `runAsNonRoot: true` in the security context of the pod where a new pod says nothing. It is left unset where',
    );
    expect(await pageOf(imagePullPolicy))
      .to.include('--families image-pulls --kubernetes-version 1.35` prints')
      .and.include('For Kubernetes 1.36 and later');
    expect(await pageOf(runAsUser)).to.include('has to be named');
    expect(await pageOf(hostPorts)).not.to.include('Enforced by the API server');
  });

  it('are listed by folder, with their severity', async () => {
    const [, catalogue] = await buildRulePages([loaded]);
    expect(catalogue?.path).to.equal('docs/rules/README.md');
    expect(catalogue?.content).to.match(/## Pods and the workloads that run them\n\n\| rule/);
    expect(catalogue?.content).to.match(/\| \[pod-privileged\]\(pod-privileged\.md\) \| critical +\| everywhere +\|/);
    expect(catalogue?.content).not.to.include('## Namespaces');
  });
});

describe('the index of rules', () => {
  it('imports each rule under its id, so that files of two folders may share a name', async () => {
    const { path, content } = await buildRuleIndex([ruleSource('pod', 'unused'), ruleSource('rbac', 'unused')]);
    expect(path).to.equal('src/rules/index.ts');
    expect(content).to.include(`import { unused as podUnused } from './pod/unused.ts';`);
    expect(content).to.include(`import { unused as rbacUnused } from './rbac/unused.ts';`);
    expect(content).to.include('export const rules: readonly AnyRule[] = [podUnused, rbacUnused];');
  });

  it('calls a file with digits by a name that is one', () => {
    expect(camelCase('tls-1-3')).to.equal('tls13');
  });
});
