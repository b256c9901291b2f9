/** Prints what has to be changed of an API server, by who starts it. */
import { guideRepair, titleOf } from '../core/server-platforms.ts';
import type { Manifest } from '../core/server-platforms.ts';
import { declarationOf, isAlternative, platforms, writtenFile } from '../core/server-repair.ts';
import type { ConfigurationFile, Platform, ServerRepair } from '../core/server-repair.ts';
import { printYaml } from './generated-file.ts';
import { code, escapeText } from './markdown.ts';

export function describeRepair(repair: ServerRepair): string {
  const sections = platforms.map((one) => describePlatform(one, repair));
  return `## How to repair it\n\n${describeChange(repair)}${sections.join('')}`;
}

function describeChange(repair: ServerRepair): string {
  const { set = {}, drop = [], enable = [], unlist = {}, file, successorOf = [], anywhere } = repair;
  const items = [
    ...(anywhere === undefined ? [] : [escapeText(anywhere)]),
    ...Object.entries(set).map(([flag, value]) => `Set ${code(`--${flag}=${value}`)}.`),
    ...enable.map((plugin) => `Name ${code(plugin)} in ${code('--enable-admission-plugins')}.`),
    ...drop.map((flag) => `Take out ${code(`--${flag}`)}.`),
    ...Object.entries(unlist).map(([flag, item]) => `Take ${code(item)} out of ${code(`--${flag}`)}.`),
  ];
  const list = items.length === 0 ? '' : `${items.map((item) => `- ${item}`).join('\n')}\n\n`;
  return file === undefined
    ? list
    : `${list}${describeFile(file, isAlternative(repair) ? Object.keys(set) : [], successorOf)}`;
}

function describeFile(file: ConfigurationFile, inPlaceOf: readonly string[], successorOf: readonly string[]): string {
  const { flag, fileName, replaces, versions } = declarationOf(file.kind);
  const old =
    successorOf.length === 0 ? '' : ` the successor of ${successorOf.map((one) => code(`--${one}`)).join(' and ')}:`;
  const lead =
    inPlaceOf.length === 0
      ? 'By a file'
      : `Or, in place of ${inPlaceOf.map((one) => code(`--${one}`)).join(', ')}, by a file`;
  const conflict =
    replaces.length === 0
      ? ''
      : `kube-apiserver does not start where the file says what is also said by ${replaces.map((one) => code(`--${one}`)).join(', ')}.\n\n`;
  return `${lead},${old} ${code(fileName)} of the kind ${file.kind} (${escapeText(versions)}), named by ${code(`--${flag}`)}:\n\n${block(writtenFile(file))}\n${conflict}`;
}

function describePlatform(platform: Platform, repair: ServerRepair): string {
  const { paragraphs, manifests } = guideRepair(platform, repair, printYaml);
  const text = [...paragraphs.map(escapeText), ...manifests.map(describeManifest)].join('\n\n');
  return `### ${titleOf(platform)}\n\n${text}\n\n`;
}

function describeManifest({ title, documents }: Manifest): string {
  return `${escapeText(title)}:\n\n${block(...documents)}`;
}

function block(...documents: readonly unknown[]): string {
  return `\`\`\`yaml\n${documents.map(printYaml).join('---\n')}\`\`\`\n`;
}
