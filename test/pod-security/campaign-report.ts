/** What the differential test prints: what it counted, and where the two disagree. */
import type { Disagreement, Tally } from './differential.ts';

export function printTally(what: string, tally: Tally, seconds: number): string {
  const { verdicts, allowed, cut, invalid, invalidExamples, byKind, byCheck, disagreed } = tally;
  const share = ((100 * invalid) / Math.max(1, verdicts + invalid)).toFixed(2);
  return [
    `${what}: ${verdicts} verdicts in ${seconds.toFixed(0)} s, ${disagreed.length} disagreements`,
    `  allowed ${allowed}, refused ${verdicts - allowed}, compared only as far as the warning went ${cut}`,
    `  not taken by the API server at all: ${invalid} (${share} %)`,
    ...invalidExamples.map((example) => `    ${example}`),
    `  asked as: ${printCounts(byKind)}`,
    `  refused by: ${printCounts(byCheck)}`,
    '',
  ].join('\n');
}

export function printDisagreement({ asked, kubernetes, merlon, input }: Disagreement, minor: number): string {
  const { policy, kind, manifest, ephemeralContainers } = asked;
  return [
    `${policy.level}:${policy.version} on a server of minor ${minor}, ${kind} as ${input}`,
    JSON.stringify(manifest),
    ...(ephemeralContainers === undefined ? [] : [`ephemeral containers: ${JSON.stringify(ephemeralContainers)}`]),
    `Kubernetes: ${JSON.stringify(kubernetes)}`,
    `Merlon:     ${JSON.stringify(merlon)}`,
    '',
  ].join('\n');
}

function printCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}
