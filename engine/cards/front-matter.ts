import { isMap, visit, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { WorkbenchError } from '../base/errors.ts';
import { parseUntrusted } from '../documents/untrusted-yaml.ts';
import { collectValue } from '../documents/values.ts';
import type { Digest } from '../ports/digest.ts';
import { valueFingerprint, valueText } from './fingerprint.ts';
import { yamlText } from './yaml-text.ts';

/** A card's text in its parts; joined they are the text, byte for byte. */
export interface CardParts {
  /** With its line break; empty where the card has no front matter. */
  readonly open: string;
  readonly yaml: string;
  readonly close: string;
  readonly body: string;
}

/** Throws `file-invalid` for front matter that never ends. */
export function splitCard(text: string): CardParts {
  const opening = /^---[ \t]*(?:\r\n|\n|\r)/.exec(text)?.[0];
  if (opening === undefined) return { open: '', yaml: '', close: '', body: text };
  const closing = /(?:^|\n|\r)((?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|$))/.exec(text.slice(opening.length));
  if (closing === null) throw invalid('its front matter starts with `---` and is never closed', undefined);
  const close = closing[1] ?? '';
  const end = opening.length + closing.index + closing[0].length;
  return { open: opening, yaml: text.slice(opening.length, end - close.length), close, body: text.slice(end) };
}

/** The front matter's values by key. Throws `file-invalid` where it is no map, or no YAML. */
export function readFrontMatter(yaml: string): Readonly<Record<string, unknown>> {
  return read(yaml).values;
}

interface ReadYaml {
  /** Absent where there is nothing but comments. */
  readonly map: YAMLMap | undefined;
  readonly values: Readonly<Record<string, unknown>>;
}

function read(yaml: string): ReadYaml {
  let document: Document.Parsed;
  try {
    document = parseUntrusted(yaml);
  } catch {
    // The parser recurses: only nesting that exhausts the stack brings it here.
    throw invalid('its front matter is nested too deeply', undefined);
  }
  const [error] = document.errors;
  if (error !== undefined) throw invalid('its front matter is no valid YAML', lineAt(yaml, error.pos[0]) + 1);
  const { contents } = document;
  if (contents === null) return { map: undefined, values: {} };
  if (!isMap(contents)) throw invalid('its front matter is no map of keys and values', 2);
  const { value, faults } = collectValue(contents);
  const [fault] = faults;
  if (fault !== undefined) throw invalid(`its front matter cannot be read: ${fault.message}`, undefined);
  return { map: contents, values: value as Record<string, unknown> };
}

/** From 1. */
function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function invalid(what: string, line: number | undefined): WorkbenchError {
  const where = line === undefined ? '' : ` (line ${String(line)})`;
  return new WorkbenchError('file-invalid', `The model card cannot be read: ${what}${where}.`, {
    remedy: 'Correct the lines between the two `---` at its beginning.',
  });
}

export interface EditedFrontMatter {
  readonly yaml: string;
  /** Fingerprints of the values that were generated and that nobody changed since. */
  readonly owned: ReadonlyMap<string, string>;
  /** Keys that people set otherwise than the record says it now. */
  readonly kept: readonly string[];
}

/**
 * Front matter brought up to date: values that were generated earlier and are as they were become what they are now, new ones are
 * added at the end, and everything else stays, byte for byte — keys of people, their order, comments and quoting.
 * @param owned fingerprints of what was generated earlier, by key
 */
export function editFrontMatter(
  yaml: string,
  wanted: Readonly<Record<string, unknown>>,
  owned: ReadonlyMap<string, string>,
  eol: string,
  digest: Digest,
): EditedFrontMatter {
  const { map, values } = read(yaml);
  const isOurs = (key: string): boolean =>
    Object.hasOwn(values, key) && owned.get(key) === valueFingerprint(values[key], digest) && !isAnnotated(map, key);
  const result = new Map<string, string>();
  const kept: string[] = [];
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  const added: string[] = [];
  for (const [key, value] of Object.entries(wanted)) {
    const print = valueFingerprint(value, digest);
    if (!Object.hasOwn(values, key)) {
      added.push(yamlText(key, value));
      result.set(key, print);
    } else if (isOurs(key)) {
      result.set(key, print);
      if (owned.get(key) !== print) edits.push({ ...regionOf(map, key, yaml), text: yamlText(key, value) });
    } else if (valueFingerprint(values[key], digest) !== print) kept.push(key);
  }
  for (const key of owned.keys()) {
    if (Object.hasOwn(wanted, key) || !isOurs(key)) continue;
    const { from, to } = regionOf(map, key, yaml);
    const rest = /^[ \t]*(?:#[^\n]*)?(?:\r\n|\n|$)/.exec(yaml.slice(to))?.[0] ?? '';
    edits.push({ from, to: to + rest.length, text: '' });
  }
  if (edits.length + added.length === 0) return { yaml, owned: result, kept };
  const edited = applyEdits(yaml, edits, added, eol);
  if (map?.flow !== true && saysTheSame(edited, values, wanted, result, owned))
    return { yaml: edited, owned: result, kept };
  // Braces around all of it, or anchors that lead out of what would be replaced: nothing of it is touched.
  const missed = Object.keys(wanted).filter(
    key => !Object.hasOwn(values, key) || valueFingerprint(values[key], digest) !== result.get(key),
  );
  const untouched = new Map([...owned].filter(([key]) => isOurs(key)));
  return { yaml, owned: untouched, kept: [...new Set([...kept, ...missed])] };
}

/** Whether somebody wrote a comment, an anchor or a tag into a value: then it is theirs. */
function isAnnotated(map: YAMLMap | undefined, key: string): boolean {
  const value = pairOf(map, key)?.value as Node | undefined;
  if (value === undefined) return false;
  let found = false;
  visit(value, (_key, node) => {
    const { comment, commentBefore, anchor } = node as { comment?: string; commentBefore?: string; anchor?: string };
    // What stands behind the value on its own line is outside of what would be replaced.
    const isOwn = node === value;
    if ((comment ?? '') !== '' && !isOwn) found = true;
    if ((commentBefore ?? '') !== '' || anchor !== undefined) found = true;
    return found ? visit.BREAK : undefined;
  });
  return found;
}

function pairOf(map: YAMLMap | undefined, key: string): Pair | undefined {
  return map?.items.find(({ key: node }) => String((node as { value?: unknown }).value) === key);
}

/** Where a pair stands, without the line break after it. */
function regionOf(map: YAMLMap | undefined, key: string, yaml: string): { readonly from: number; readonly to: number } {
  const pair = pairOf(map, key);
  const keyRange = (pair?.key as Node | undefined)?.range ?? [0, 0, 0];
  const valueEnd = (pair?.value as Node | null | undefined)?.range?.[1] ?? keyRange[1];
  let to = Math.max(valueEnd, keyRange[1]);
  while (to > keyRange[0] && /\s/.test(yaml.charAt(to - 1))) to -= 1;
  return { from: keyRange[0], to };
}

function applyEdits(
  yaml: string,
  edits: readonly { readonly from: number; readonly to: number; readonly text: string }[],
  added: readonly string[],
  eol: string,
): string {
  let text = yaml;
  for (const { from, to, text: replacement } of [...edits].sort((a, b) => b.from - a.from))
    text = text.slice(0, from) + replacement.replaceAll('\n', eol) + text.slice(to);
  if (added.length === 0) return text;
  const gap = text === '' || /[\r\n]$/.test(text) ? '' : eol;
  return text + gap + added.map(line => line.replaceAll('\n', eol) + eol).join('');
}

/** Whether an edit came out as it was meant: what was wanted is there, and nothing else changed. */
function saysTheSame(
  yaml: string,
  before: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
  result: ReadonlyMap<string, string>,
  owned: ReadonlyMap<string, string>,
): boolean {
  try {
    const { values } = read(yaml);
    const expected: Record<string, unknown> = { ...values };
    for (const [key, value] of Object.entries(before))
      if (!owned.has(key) || Object.hasOwn(values, key)) expected[key] = value;
    for (const key of result.keys()) expected[key] = wanted[key];
    return valueText(values) === valueText(expected);
  } catch {
    return false;
  }
}
