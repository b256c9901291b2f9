/** What `merlon uninstall` asks before it removes anything. */
import { printable } from '../report/terminal.ts';
import type { RepairChoice } from '../uninstall/apply/uninstall-choices.ts';
import { printOwned, printTarget } from '../uninstall/plan/standing-repairs.ts';
import type { StandingRepair } from '../uninstall/plan/standing-repairs.ts';
import type { Questioner } from './confirmation.ts';

type Say = (text: string) => void;

export const REPAIRS_HINT =
  '--repairs keep leaves what was repaired as it is, --repairs revert puts back what stood there before';

/** @param questioner undefined where nobody is there to answer: then it is said what stands. @returns undefined unless it is decided */
export async function askRepairs(
  undecided: readonly StandingRepair[],
  questioner: Questioner | undefined,
  say: Say,
): Promise<RepairChoice | undefined> {
  for (const repair of undecided) say(`a repair stands: ${printTarget(repair)}: ${printOwned(repair)}`);
  if (questioner === undefined) {
    say(`say what becomes of it: ${REPAIRS_HINT}`);
    return undefined;
  }
  say(REPAIRS_HINT);
  const answer = await questioner.ask('keep or revert? ');
  return answer === 'keep' || answer === 'revert' ? answer : undefined;
}

export async function confirm(questioner: Questioner | undefined, count: number, server: string): Promise<boolean> {
  const answer = await questioner?.ask(`remove ${count} from ${printable(server)}? (yes/no) `);
  return answer === 'yes' || answer === 'y';
}
