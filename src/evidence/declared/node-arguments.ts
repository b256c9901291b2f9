/**
 * What k3s and RKE2 were told to start their API server with, as each writes it on its own node: the words of its command
 * line and configuration file, secrets masked. What a distribution adds by itself is not among them, so that a flag that
 * is absent says nothing. A kubelet's credentials are enough to forge it: medium confidence.
 *
 * Source: k3s v1.21 and later, the annotations that pkg/nodeconfig sets, and how pkg/daemons/config lays the arguments over
 * its own (`name+=` and `name-=` add to what it has, `name=` replaces it).
 */
import { readOr } from '../../core/shape.ts';
import { parseFlags } from '../arguments.ts';
import type { Reading } from '../reading.ts';
import { CONTROL_PLANE_LABELS, NODE_ARGUMENT_ANNOTATIONS } from './control-plane-objects.ts';
import type { ControlPlaneNode } from './control-plane-objects.ts';
import { DEFAULT_PORT } from './static-server.ts';
import type { StaticServer } from './static-server.ts';

const MAX_WORDS = 2000;
const MAX_CHARACTERS = 65_536;
/** What stands in place of a secret. */
const MASKED = '********';

/** @returns those of the nodes that have an API server, and why each other that looks so does not count */
export function readNodeArguments(nodes: readonly ControlPlaneNode[]): readonly Reading<StaticServer>[] {
  return nodes.flatMap((node) =>
    NODE_ARGUMENT_ANNOTATIONS.flatMap(
      (annotation) =>
        readOr(
          () => readOne(node, annotation),
          () => undefined,
        ) ?? [],
    ),
  );
}

function readOne(
  { metadata, status }: ControlPlaneNode,
  annotation: (typeof NODE_ARGUMENT_ANNOTATIONS)[number],
): Reading<StaticServer> | undefined {
  const text = metadata.annotations?.[annotation];
  if (text === undefined || !CONTROL_PLANE_LABELS.some((label) => metadata.labels?.[label] !== undefined)) {
    return undefined;
  }
  const source = `annotation ${annotation} of node ${metadata.name}`;
  const words = readWords(text);
  if (words === undefined) return { missing: `${source} is no list of words, or longer than any` };
  if (words[0] !== 'server' || isSwitchedOn(words, 'disable-apiserver')) return undefined;
  const own = valuesOf(words, 'kube-apiserver-arg');
  if (own.includes(MASKED)) return { missing: `${source} does not show what the API server is started with` };
  const added = new Set(own.map(nameAddedTo));
  const flags = parseFlags(own.map(asFlag));
  const values = new Map([...flags.values].filter(([name]) => !added.has(name)));
  const hidden = new Set([...flags.hidden, ...[...flags.values.keys()].filter((name) => added.has(name))]);
  const addresses = status?.addresses?.filter(({ type }) => /IP$/.test(type)).map(({ address }) => address) ?? [];
  return {
    read: {
      flags: { source, confidence: 'medium', coverage: 'partial', values, hidden },
      addresses: [...addresses, ...valuesOf(words, 'advertise-address'), ...valuesOf(words, 'node-external-ip')],
      port: Number(valuesOf(words, 'https-listen-port').at(-1) ?? DEFAULT_PORT),
    },
  };
}

function readWords(text: string): readonly string[] | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    const isList = Array.isArray(words) && words.length <= MAX_WORDS;
    return isList && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

/** `--name value` and `--name=value`, each of which may come again; of a switch the value may be another's name. */
function optionsOf(words: readonly string[]): readonly { readonly name: string; readonly value: string | undefined }[] {
  return words.flatMap((word, index) => {
    const [, name, value = words[index + 1]] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    return name === undefined ? [] : [{ name, value }];
  });
}

function valuesOf(words: readonly string[], option: string): readonly string[] {
  return optionsOf(words).flatMap(({ name, value }) => (name === option && value !== undefined ? [value] : []));
}

function isSwitchedOn(words: readonly string[], option: string): boolean {
  return optionsOf(words).some(({ name, value }) => name === option && value !== 'false');
}

/** `profiling` alone is true. */
function asFlag(argument: string): string {
  const [, name = '', value = 'true'] = /^(?:--)?([^=]*?)[+-]?(?:=([\s\S]*))?$/.exec(argument) ?? [];
  return `--${name}=${value}`;
}

/** Of `enable-admission-plugins+=X` its name: what X is added to is not shown. Else nothing that a flag is called. */
function nameAddedTo(argument: string): string {
  return /^(?:--)?([^=]+)[+-]=/.exec(argument)?.[1]?.replaceAll('_', '-') ?? '';
}
