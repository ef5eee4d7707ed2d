import { LSPErrorCodes, ResponseError, type TextEdit } from 'vscode-languageserver';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { isCell } from '../uris.ts';
import { applyEdits } from './edits.ts';
import type { NameTable } from './name-table.ts';
import type { ReadDocument } from './name-index.ts';
import { findStatements } from './policy-kin.ts';
import { thing, type Mention, type Thing, type ThingKind } from './things.ts';
import type { Family } from './family.ts';

/** Why something cannot be renamed, as the editor shows it. */
export function refuse(reason: string): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestFailed, reason);
}

/** What people call the things that can be renamed, with the article. */
const words: Partial<Readonly<Record<ThingKind, string>>> = {
  connection: 'a connection',
  platform: 'a platform',
  registry: 'a registry',
  benchmark: 'a benchmark',
  job: 'a tuning job',
  policy: 'a policy',
  control: 'a control',
  check: 'a check',
  aspect: 'an aspect',
  metric: 'a metric',
  result: 'a result',
  anchor: 'an anchor',
};

/** Why a kind of thing is never renamed here. */
const reasons: Partial<Readonly<Record<ThingKind, string>>> = {
  model: 'Embedded models come with the workbench and keep their names.',
  column: 'The dataset’s file names its columns. Rename the column there, then here.',
  variable: 'A variable is a column of the dataset, whose file names it. Rename the column there, then here.',
  slice: 'A slice is a column of the dataset, whose file names it. Rename the column there, then here.',
  file: 'Rename the file itself, in the explorer: the paths that name it follow.',
  framework: 'Frameworks bear the ids they are published under.',
  'framework-id': 'Frameworks give their ids themselves.',
  'registered-model': 'The registry keeps its versions under this name.',
};

/** Why a mention cannot be renamed; absent where it can. `declared` are the places that declare the thing. */
export function whyNotRenamed(
  { thing: named }: Mention,
  declared: readonly { readonly field: string }[],
): string | undefined {
  const word = words[named.kind];
  if (word === undefined) return reasons[named.kind] ?? 'This cannot be renamed.';
  if (named.kind === 'metric' && !declared.some(({ field }) => field.endsWith('.name')))
    return `\`${named.name}\` is the metric’s own name. Give it another with \`name\`, which can be renamed.`;
  if (declared.length === 0 && named.kind === 'result')
    return `No cell of the notebook gives its result the name \`${named.name}\`.`;
  if (declared.length === 0) return `Nothing in the workspace declares ${word} \`${named.name}\`.`;
  return undefined;
}

/** Why a new name is taken; absent where it is free. */
export function whyTaken(table: NameTable, { within }: Family, old: Thing, name: string): string | undefined {
  const wanted = thing(old.kind, old.scope, name);
  const others = [...table.naming(wanted)].filter(({ occurrences }) =>
    occurrences.some(({ thing: { key }, role }) => key === wanted.key && role === 'declaration'),
  );
  const isTaken =
    within === undefined
      ? others.length > 0
      : [...within].some(document => others.includes(document) || findStatements(table, wanted, document).size > 1);
  return isTaken ? describeTaken(old, name) : undefined;
}

/** The same for a name that counts in one document. */
export function whyTakenHere(mentions: readonly Mention[], old: Thing, name: string): string | undefined {
  const isTaken = mentions.some(({ thing: { kind, name: other } }) => kind === old.kind && other === name);
  return isTaken ? describeTaken(old, name) : undefined;
}

function describeTaken({ kind }: Thing, name: string): string {
  return `There is ${words[kind] ?? 'a thing'} \`${name}\` already.`;
}

/** Anchors are no values, so the schema says nothing of them. */
export function whyNoAnchor(name: string): string | undefined {
  return /^[^\s,[\]{}]+$/.test(name) ? undefined : 'An anchor’s name has no spaces, commas and brackets.';
}

/** What would be wrong with a document after its edits that was not wrong before. */
export function findNewFault({ uri, parsed }: ReadDocument, edits: readonly TextEdit[]): string | undefined {
  const form = isCell(uri) ? 'cell' : 'file';
  const after = parseDocument(parsed.kind, applyEdits(parsed, edits), form).diagnostics;
  const before = countCodes(parseDocument(parsed.kind, parsed.text, form).diagnostics);
  const counts = countCodes(after);
  const worse = [...counts].find(([code, count]) => count > (before.get(code) ?? 0))?.[0];
  return after.findLast(({ code, severity }) => code === worse && severity === 'error')?.message;
}

function countCodes(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { code, severity } of diagnostics) if (severity === 'error') counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
