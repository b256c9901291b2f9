/**
 * Patches the objects of one file as text: every byte that the patches do not concern stays. Nothing is believed of the
 * edits: the new text is read as every manifest is, and has to hold what the old one held with exactly the patches in it.
 */
import { isDeepStrictEqual } from 'node:util';

import { mergePatch, PatchMisfit } from '../remediation/merged-object.ts';
import type { Json } from '../remediation/planned-repair.ts';
import { readDocuments } from '../scan/document-stream.ts';
import type { StreamDocument, StreamEvent } from '../scan/document-stream.ts';
import type { FieldStep } from '../scan/field-path.ts';
import { DocumentRefused } from '../scan/input-problem.ts';
import { KeyTable } from '../scan/key-table.ts';
import { readManifests } from '../scan/manifest.ts';
import { editObject } from './field-edits.ts';
import type { EditedText } from './field-edits.ts';
import { readSourceText } from './source-text.ts';
import type { SourceText } from './source-text.ts';
import { EditRefused } from './text-edit.ts';
import type { TextEdit } from './text-edit.ts';
import { indentStepOf } from './text-style.ts';
import { buildTextTree } from './text-tree.ts';

export interface ManifestPatch {
  /** Of the object among those of its file, counted from 0. */
  readonly index: number;
  readonly patch: { readonly [key: string]: Json };
}

export interface EditedManifests<P extends ManifestPatch> {
  readonly bytes: Buffer;
  readonly made: readonly P[];
  readonly refused: readonly { readonly patch: P; readonly reason: string }[];
}

/**
 * @param bytes of a file, as they are
 * @param path its name, of which some names mean something
 */
export function editManifests<P extends ManifestPatch>(
  bytes: Buffer,
  path: string,
  patches: readonly P[],
): EditedManifests<P> {
  const refuseAll = (reason: string): EditedManifests<P> => ({
    bytes,
    made: [],
    refused: patches.map((patch) => ({ patch, reason })),
  });
  if (!Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)) return refuseAll('the file is not UTF-8');
  let edited: EditedManifests<P> = { bytes, made: [], refused: [] };
  // Of the patches of one object each is made in what the one before has left.
  const byObject = [...Map.groupBy(patches, ({ index }) => index).values()];
  const rounds = byObject.reduce((most, { length }) => Math.max(most, length), 0);
  for (let round = 0; round < rounds; round += 1) {
    const now = byObject.flatMap((some) => some.slice(round, round + 1));
    const next = editOnce(edited.bytes, path, now);
    edited = {
      bytes: next.bytes,
      made: [...edited.made, ...next.made],
      refused: [...edited.refused, ...next.refused],
    };
  }
  return edited;
}

const MEANS_ANOTHER = 'the text would mean something else besides';

/** At most one patch for each object: their edits never overlap. */
function editOnce<P extends ManifestPatch>(bytes: Buffer, path: string, patches: readonly P[]): EditedManifests<P> {
  const file = new ManifestText(bytes, path);
  const drafts: Draft<P>[] = [];
  const refused: { patch: P; reason: string }[] = [];
  for (const patch of patches) {
    try {
      drafts.push(file.draft(patch));
    } catch (error) {
      if (!(error instanceof EditRefused || error instanceof PatchMisfit || error instanceof DocumentRefused))
        throw error;
      refused.push({ patch, reason: error.message });
    }
  }
  const proven = proveTogether(file, drafts);
  const isProven = new Set(proven);
  const lost = drafts.filter((draft) => !isProven.has(draft));
  return {
    bytes: proven.length === 0 ? bytes : file.write(proven),
    made: proven.map(({ patch }) => patch),
    refused: [...refused, ...lost.map(({ patch }) => ({ patch, reason: MEANS_ANOTHER }))],
  };
}

/** All of them where they hold, otherwise those of each half that do. */
function proveTogether<P extends ManifestPatch>(file: ManifestText, drafts: readonly Draft<P>[]): readonly Draft<P>[] {
  if (drafts.length === 0 || file.isProven(drafts)) return drafts;
  if (drafts.length === 1) return [];
  const middle = Math.ceil(drafts.length / 2);
  const halves = [drafts.slice(0, middle), drafts.slice(middle)].flatMap((half) => proveTogether(file, half));
  return file.isProven(halves) ? halves : [];
}

interface Draft<P extends ManifestPatch> {
  readonly patch: P;
  readonly document: number;
  readonly steps: readonly FieldStep[];
  readonly edits: readonly TextEdit[];
}

interface ObjectPlace {
  readonly document: number;
  readonly steps: readonly FieldStep[];
}

class ManifestText {
  readonly #bytes: Buffer;
  /** A byte order mark belongs to no document. */
  readonly #start: number;
  readonly #events: readonly StreamEvent[];
  readonly #places: readonly ObjectPlace[];
  readonly #sources = new Map<number, { readonly source: SourceText; readonly edited: EditedText }>();

  constructor(bytes: Buffer, path: string) {
    this.#bytes = bytes;
    this.#start = bytes.subarray(0, 3).equals(byteOrderMark) ? byteOrderMark.length : 0;
    this.#events = [...readDocuments(bytes, new KeyTable())];
    this.#places = this.#events.flatMap((event, document) =>
      event instanceof DocumentRefused
        ? []
        : [...readManifests(event, path)].flatMap((manifest) =>
            manifest instanceof DocumentRefused ? [] : [{ document, steps: manifest.steps }],
          ),
    );
  }

  /** @throws {EditRefused | PatchMisfit | DocumentRefused} */
  draft<P extends ManifestPatch>(patch: P): Draft<P> {
    const place = this.#places[patch.index];
    if (place === undefined) throw new EditRefused('the object is not found in its file');
    const { value } = this.#documentAt(place.document);
    const edits = editObject(this.#sourceOf(place.document).edited, place.steps, value, patch.patch);
    return { patch, ...place, edits };
  }

  write(drafts: readonly Draft<ManifestPatch>[]): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    for (const [document, some] of byDocument(drafts)) {
      const { range } = this.#documentAt(document);
      const written = this.#sourceOf(document).source.edit(some.flatMap(({ edits }) => edits));
      parts.push(this.#bytes.subarray(at, this.#start + range.start), Buffer.from(written, 'utf8'));
      at = this.#start + range.end;
    }
    return Buffer.concat([...parts, this.#bytes.subarray(at)]);
  }

  /** Whether the text then holds what it held, with exactly the patches in it. */
  isProven(drafts: readonly Draft<ManifestPatch>[]): boolean {
    const expected = this.#events.map(meaningOf);
    try {
      for (const [document, some] of byDocument(drafts)) expected[document] = patchAll(expected[document], some, 0);
      const found = [...readDocuments(this.write(drafts), new KeyTable())].map(meaningOf);
      return isDeepStrictEqual(found, expected);
    } catch (error) {
      if (error instanceof EditRefused || error instanceof PatchMisfit) return false;
      throw error;
    }
  }

  #documentAt(document: number): StreamDocument {
    const event = this.#events[document];
    if (event === undefined || event instanceof DocumentRefused) throw new EditRefused('the document is not found');
    return event;
  }

  #sourceOf(document: number): { readonly source: SourceText; readonly edited: EditedText } {
    const known = this.#sources.get(document);
    if (known !== undefined) return known;
    const { range } = this.#documentAt(document);
    const written = this.#bytes.toString('utf8', this.#start + range.start, this.#start + range.end);
    const source = readSourceText(written);
    const tree = buildTextTree(source);
    const { text } = source;
    const isJson = tree.root.type === 'map' && tree.root.isFlow && tree.root.entries.every(({ isQuoted }) => isQuoted);
    const made = { source, edited: { text, tree, step: indentStepOf(text, tree), isJson } };
    this.#sources.set(document, made);
    return made;
  }
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Sorted by document. */
function byDocument(
  drafts: readonly Draft<ManifestPatch>[],
): readonly (readonly [number, readonly Draft<ManifestPatch>[]])[] {
  return [...Map.groupBy(drafts, ({ document }) => document)].sort(([a], [b]) => a - b);
}

/** A line that is refused may move; why it is refused may not change. */
function meaningOf(event: StreamEvent): unknown {
  return event instanceof DocumentRefused ? event.message : event.value;
}

/**
 * @param drafts patches of objects that are in it, no two of the same object
 * @param depth how many of their steps lead to it
 */
function patchAll(value: unknown, drafts: readonly Draft<ManifestPatch>[], depth: number): unknown {
  const [first] = drafts;
  if (first === undefined) return value;
  if (first.steps.length === depth) return mergePatch(value, first.patch.patch);
  const byStep = Map.groupBy(drafts, ({ steps }) => steps[depth]);
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).map((item, index) => patchAll(item, byStep.get(index) ?? [], depth + 1));
  }
  const map = value as Readonly<Record<string, unknown>>;
  const changed = [...byStep].map(([step = '', some]) => [step, patchAll(map[step], some, depth + 1)] as const);
  return { ...map, ...Object.fromEntries(changed) };
}
