/** `merlon rules` and `merlon explain` as the command line offers them. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { writeAll } from '../output.ts';
import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addRules(program: Command, own: CommandProcess): void {
  program
    .command('rules')
    .description('Lists every rule.')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .action(async ({ output }: { output: 'table' | 'json' }) => {
      const [{ printRules }, { rules }] = await Promise.all([
        import('../../report/catalogue.ts'),
        import('../../rules/index.ts'),
      ]);
      await writeAll(own.stdout, [printRules(rules, output)]);
    });
}

export function addExplain(program: Command, own: CommandProcess): void {
  program
    .command('explain')
    .description('Tells what a rule is about, why it matters and what to do.')
    .argument('<rule>', 'its id, as "merlon rules" lists it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const [{ explainRule, suggestRules }, { rules }] = await Promise.all([
        import('../../report/catalogue.ts'),
        import('../../rules/index.ts'),
      ]);
      const rule = rules.find((one) => one.id === id);
      if (rule === undefined) {
        refuse(command, `there is no rule "${id}"${suggestRules(id, rules)}; "merlon rules" lists them`);
      } else {
        await writeAll(own.stdout, [explainRule(rule)]);
      }
    });
}
