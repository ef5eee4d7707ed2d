import type { Alias, Document, Node } from 'yaml';
import type { CellFields } from '../../schemas/generated/files.ts';
import {
  validateBenchmark,
  validateCellFields,
  validateFrameworkDefinition,
  validatePolicy,
  validatePrompt,
  validatePromptTrial,
  validateResultComparison,
  validateTuningJob,
  validateWorkbench,
  type SchemaFault,
  type Validator,
} from '../../schemas/generated/validators.js';
import { splitCell, type Form } from './cell-fields.ts';
import { hasErrors, type Diagnostic, type DocumentPath, type Position, type Range } from './diagnostic.ts';
import { kindNames, type DocumentKind, type DocumentValues } from './kinds.ts';
import { indexLines, type LineIndex } from './lines.ts';
import { locateSpan, type Span } from './locate.ts';
import { readPlainYaml } from './plain/read.ts';
import { rootSchema } from './schema.ts';
import { describeFaults } from './schema-faults.ts';
import { listWords } from './suggest.ts';
import { describeSyntax } from './syntax.ts';
import { findTooDeep, whyTooLarge } from './too-large.ts';
import { parseUntrusted } from './untrusted-yaml.ts';
import { collectValue, type CollectedValue } from './values.ts';

/** A file as far as it could be understood. */
export interface ParsedDocument<K extends DocumentKind = DocumentKind> {
  readonly kind: K;
  readonly text: string;
  /**
   * The file's content; present only when `diagnostics` holds no error. A cell's is without the fields that only cells have; one that uses a
   * file has none: what it means depends on the file.
   */
  readonly value: DocumentValues[K] | undefined;
  /** Whatever could be read, of no certain shape; for help while the file is still being written. */
  readonly draft: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /** The fields that only cells have, as far as they are valid; absent for files. */
  readonly cell: CellFields | undefined;
  /** The text was not read: there is an outline at most. */
  readonly isTooLarge: boolean;
  /**
   * The parsed tree; absent for an empty file and for one too large to read. Made when it is first asked for. Whether its nodes have
   * comments is not certain.
   */
  readonly contents: Node | undefined;
  /** What each alias in `contents` stands for. */
  readonly aliasTargets: ReadonlyMap<Alias, Node>;
  /** Where a path is written: its key or its value. See `locateSpan` for paths that are not there. */
  readonly locate: (path: DocumentPath, part: 'key' | 'value') => Range;
  readonly positionAt: (offset: number) => Position;
  readonly offsetAt: (position: Position) => number;
  readonly rangeAt: (start: number, end: number) => Range;
}

/** After so many repeated keys or missing anchors more would not help anybody. */
const mostFaults = 100;
/** Where more places are asked for, the whole tree is made at once. */
const manyPlaces = 50;

const validators: { readonly [K in DocumentKind]: Validator<DocumentValues[K]> } = {
  bench: validateBenchmark,
  tune: validateTuningJob,
  policy: validatePolicy,
  framework: validateFrameworkDefinition,
  workbench: validateWorkbench,
  prompt: validatePrompt,
  trial: validatePromptTrial,
  comparison: validateResultComparison,
};

/**
 * Reads and validates one file. Never throws: whatever is wrong is in `diagnostics`. Checks what the text alone shows;
 * whether files, columns and connections exist is for `checkBenchmark`, `checkWorkbench` and `checkPrompt`.
 */
export function parseDocument<K extends DocumentKind>(kind: K, text: string, form: Form = 'file'): ParsedDocument<K> {
  return describeDocument(kind, text, readWhole(kind, text), form);
}

/** Parses a whole file of a kind: `parseDocument`, or something that knows what it parsed before. */
export type ParseDocument = <K extends DocumentKind>(kind: K, text: string) => ParsedDocument<K>;

const start: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** What a text holds as YAML, before it is compared with the schema of its kind. */
export interface ReadText {
  readonly syntax: readonly Diagnostic[];
  readonly collected: CollectedValue;
  /** The tree, or of it what is needed to find the place of a path. Called only where somebody asks for places. */
  readonly readTree: (along: DocumentPath | undefined) => Node | null;
}

/** Reads the whole text; where it cannot be read at all, `syntax` says why. Without a fault and in plain YAML, no tree is made for it yet. */
export function readWhole(kind: DocumentKind, text: string): ReadText {
  const lines = indexLines(text);
  const tooLarge = whyTooLarge(text);
  if (tooLarge !== undefined) {
    const message = `The ${kindNames[kind]} ${tooLarge}: it is not checked, and only its outline is shown. Data belongs in a dataset file.`;
    return unread({ code: 'too-large', severity: 'error', message, range: start });
  }
  const deep = findTooDeep(text);
  if (deep !== undefined) return unread(tooDeep(lines.rangeAt(deep, deep + 1)));
  const plain = readPlainYaml(text);
  if (plain !== undefined) return { syntax: [], collected: { ...nothing, ...plain }, readTree: treeOf(text) };
  let document: Document.Parsed;
  try {
    document = parseUntrusted(text);
  } catch {
    // The parser recurses: only nesting that exhausts the stack brings it here.
    return unread(tooDeep(start));
  }
  const root = document.contents;
  const syntax = describeSyntax(text, document.errors, document.warnings, lines);
  const isTooDeep = syntax.some(found => found.code === 'too-deep');
  return { syntax, collected: isTooDeep ? nothing : collectValue(root), readTree: () => root };
}

/** Most files are read for their value alone, and have nothing that needs a place. */
function treeOf(text: string): () => Node | null {
  let tree: Document.Parsed | undefined;
  return () => (tree ??= parseUntrusted(text)).contents;
}

const nothing: CollectedValue = { value: undefined, faults: [], targets: new Map<Alias, Node>() };

function tooDeep(range: Range): Diagnostic {
  return { code: 'too-deep', severity: 'error', message: 'Nested too deeply to be read.', range };
}

function unread(diagnostic: Diagnostic): ReadText {
  return { syntax: [diagnostic], collected: nothing, readTree: () => null };
}

/** Validates what was read. */
export function describeDocument<K extends DocumentKind>(
  kind: K,
  text: string,
  read: ReadText,
  form: Form = 'file',
): ParsedDocument<K> {
  const { syntax, collected } = read;
  const lines = indexLines(text);
  let tree: { readonly root: Node | null } | undefined;
  const wholeTree = (): Node | null => (tree ??= { root: read.readTree(undefined) }).root;
  let asked = 0;
  const span = (path: DocumentPath, part: 'key' | 'value'): Span => {
    asked += 1;
    const root = tree !== undefined || asked > manyPlaces ? wholeTree() : read.readTree(path);
    return locateSpan(root, collected.targets, path, part);
  };
  const locate: ParsedDocument['locate'] = (path, part) => lines.rangeAt(...span(path, part));
  const diagnostics = [...syntax, ...describeValueFaults(collected, lines)];
  const structureKnown = !diagnostics.some(found => found.code === 'tab-indentation') && collected.value !== undefined;
  const { content, cell, own } = splitCell(collected.value, form);
  if (structureKnown) {
    if (content === null) {
      if (syntax.length === 0) diagnostics.push(describeEmpty(kind, lines));
    } else {
      const found = faultsOf(validators[kind], content);
      // Of a cell that uses a file no more is certain: the rest depends on the file.
      const certain = 'use' in own ? found.filter(isUnknownAtTop) : found;
      const faults = [...certain, ...faultsOf(validateCellFields, own)];
      if (faults.length > 0) {
        const sourceAt = (path: DocumentPath): string => text.slice(...span(path, 'value'));
        // A repeated field has a value; an alias of nothing has none.
        const broken = diagnostics.filter(({ code }) => code !== 'duplicate-key');
        diagnostics.push(...keepCertain(describeFaults(kind, collected.value, faults, locate, sourceAt, form), broken));
      }
    }
  }
  return {
    kind,
    text,
    value: hasErrors(diagnostics) || 'use' in own ? undefined : (content as DocumentValues[K]),
    draft: collected.value,
    diagnostics,
    cell,
    isTooLarge: syntax[0]?.code === 'too-large',
    get contents() {
      return wholeTree() ?? undefined;
    },
    aliasTargets: collected.targets,
    locate,
    positionAt: lines.positionAt,
    offsetAt: lines.offsetAt,
    rangeAt: lines.rangeAt,
  };
}

function faultsOf(validate: Validator<unknown>, value: unknown): readonly SchemaFault[] {
  return validate(value) ? [] : (validate.errors ?? []);
}

function isUnknownAtTop({ keyword, instancePath }: SchemaFault): boolean {
  return keyword === 'additionalProperties' && instancePath === '';
}

function describeEmpty(kind: DocumentKind, lines: LineIndex): Diagnostic {
  const required = rootSchema(kind).required ?? [];
  const needs =
    required.length === 0 ? 'Start with `connections:`.' : `A ${kindNames[kind]} needs ${listWords(required)}.`;
  const severity = required.length === 0 ? 'warning' : 'error';
  return { code: 'empty-file', severity, message: `The file is empty. ${needs}`, range: lines.rangeAt(0, 0) };
}

function describeValueFaults(collected: CollectedValue, lines: LineIndex): Diagnostic[] {
  const rangeOf = (node: Node): Range => {
    const start = node.range?.[0] ?? 0;
    return lines.rangeAt(start, node.range?.[1] ?? start);
  };
  return collected.faults.slice(0, mostFaults).map(fault => ({
    code: fault.code,
    severity: 'error' as const,
    message: fault.message,
    range: rangeOf(fault.node),
    ...(fault.related && { related: [{ message: fault.related.message, range: rangeOf(fault.related.node) }] }),
  }));
}

/** While the text is broken, what touches a broken line is a guess, and so is what seems to be missing. */
function keepCertain(found: readonly Diagnostic[], syntax: readonly Diagnostic[]): readonly Diagnostic[] {
  const broken = syntax.filter(diagnostic => diagnostic.severity === 'error');
  if (broken.length === 0) return found;
  return found.filter(
    diagnostic =>
      diagnostic.code !== 'missing-field' &&
      !broken.some(
        other =>
          diagnostic.range.start.line <= other.range.end.line &&
          diagnostic.range.end.line >= other.range.start.line - 1,
      ),
  );
}
