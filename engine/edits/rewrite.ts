import { stringify } from 'yaml';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { parseUntrusted } from '../documents/untrusted-yaml.ts';
import { collectValue, setOwn } from '../documents/values.ts';
import { applyChanges, type TextChange } from './change.ts';
import { addFields, removeField, replaceField, replaceValue } from './fields.ts';
import { lineEnd, lineStart, nodeAt, pairAt, type EditedDocument } from './places.ts';

/** A value of a document that becomes another, and is taken out where it has none. */
export interface ValueChange {
  readonly path: DocumentPath;
  readonly value?: unknown;
}

/** How a text is changed so that a value is; undefined where it cannot be. */
export type Edit = (parsed: EditedDocument) => readonly TextChange[] | undefined;

/** The text is parsed anew after each change. */
const mostChanges = 200;

/**
 * The text changed step by step, so that it holds `wanted` and all that was not changed stays as it is written, comments included. Where
 * that does not come out, such as with anchors that stand for a part of it, `wanted` is written anew.
 */
export function rewrite(text: string, edits: readonly Edit[], wanted: unknown): string {
  if (edits.length > mostChanges) return writeAnew(wanted);
  let written = text;
  for (const edit of edits) {
    const parsed = readForEdits(written);
    const changes = parsed && edit(parsed);
    if (changes === undefined) return writeAnew(wanted);
    written = applyChanges(written, changes);
  }
  return holds(written, wanted) ? written : writeAnew(wanted);
}

/** The edit that makes a change. */
export function editOf({ path, value }: ValueChange): Edit {
  return parsed => {
    const name = path.at(-1);
    if (name === undefined) return undefined;
    if (value === undefined) {
      const owner = pairAt(parsed, path);
      return owner && removeField(parsed, owner);
    }
    if (typeof name === 'number' || (typeof value === 'string' && nodeAt(parsed, path) !== undefined))
      return replaceAt(parsed, path, value);
    if (pairAt(parsed, path) !== undefined) return replaceField(parsed, path, { name, value });
    return addFields(parsed, path.slice(0, -1), [{ name, value }]);
  };
}

/** A text that takes the place of the one at a path. */
export interface NewText {
  readonly path: DocumentPath;
  readonly text: string;
}

/** The edit that puts new texts in their places, all at once. */
export function editTexts(texts: readonly NewText[]): Edit {
  return parsed => {
    const changes = new Map<number, TextChange>();
    for (const { path, text } of texts) {
      const found = replaceAt(parsed, path, text);
      if (found === undefined) return undefined;
      // Through aliases one text is at several places.
      for (const change of found) changes.set(change.start, change);
    }
    return [...changes.values()];
  };
}

/** The same value with new texts at some places. Shares what it does not change. */
export function replaceTexts(value: unknown, texts: readonly NewText[]): unknown {
  return texts.length === 0 ? value : replaceBelow(value, indexTexts(texts), []);
}

function indexTexts(texts: readonly NewText[]): ReadonlyMap<string, string | undefined> {
  const index = new Map<string, string | undefined>();
  for (const { path, text } of texts) {
    for (let depth = 0; depth < path.length; depth += 1) index.set(JSON.stringify(path.slice(0, depth)), undefined);
    index.set(JSON.stringify(path), text);
  }
  return index;
}

function replaceBelow(value: unknown, texts: ReadonlyMap<string, string | undefined>, path: DocumentPath): unknown {
  const key = JSON.stringify(path);
  if (!texts.has(key)) return value;
  const text = texts.get(key);
  if (text !== undefined) return text;
  if (Array.isArray(value)) return value.map((item: unknown, index) => replaceBelow(item, texts, [...path, index]));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) setOwn(copy, name, replaceBelow(child, texts, [...path, name]));
  return copy;
}

/** A block text ends behind its last line break, which stays. */
function replaceAt(parsed: EditedDocument, path: DocumentPath, value: unknown): readonly TextChange[] | undefined {
  const { text } = parsed;
  return replaceValue(parsed, path, value)?.map(change => {
    const { start, end } = change;
    return end > start && text[end - 1] === '\n' ? { ...change, end: lineEnd(text, lineStart(text, end - 1)) } : change;
  });
}

function readForEdits(text: string): EditedDocument | undefined {
  try {
    const { contents } = parseUntrusted(text);
    return { text, contents: contents ?? undefined, aliasTargets: collectValue(contents).targets };
  } catch {
    // The parser recurses: only nesting that exhausts the stack brings it here.
    return undefined;
  }
}

function holds(text: string, wanted: unknown): boolean {
  try {
    const { contents, errors } = parseUntrusted(text);
    if (errors.length > 0) return false;
    const { value, faults } = collectValue(contents);
    return faults.length === 0 && isSameValue(value, wanted);
  } catch {
    return false;
  }
}

function writeAnew(value: unknown): string {
  return stringify(value, { lineWidth: 0, flowCollectionPadding: false, aliasDuplicateObjects: false });
}

/** Whether two plain values are the same; fields may stand in any order. */
export function isSameValue(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other);
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => isSameValue(item, (other as unknown[])[index]));
  }
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      key =>
        Object.hasOwn(other, key) &&
        isSameValue((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
    )
  );
}
