import { parseDocument as parseYaml, type Alias, type Document, type Node } from 'yaml';
import {
  validateBenchmark,
  validatePolicy,
  validatePrompt,
  validateTuningJob,
  validateWorkbench,
  type SchemaFault,
  type Validator,
} from '../../schemas/generated/validators.js';
import { hasErrors, type Diagnostic, type DocumentPath, type Position, type Range } from './diagnostic.ts';
import { kindNames, type DocumentKind, type DocumentValues } from './kinds.ts';
import { indexLines, type LineIndex } from './lines.ts';
import { locateSpan } from './locate.ts';
import { rootSchema } from './schema.ts';
import { describeFaults } from './schema-faults.ts';
import { listWords } from './suggest.ts';
import { describeSyntax } from './syntax.ts';
import { untrustedYaml } from './untrusted-yaml.ts';
import { collectValue, type CollectedValue } from './values.ts';

/** Larger files are not read; ours have a few hundred lines. */
export const mostBytes = 1024 * 1024;

/** A file as far as it could be understood. */
export interface ParsedDocument<K extends DocumentKind = DocumentKind> {
  readonly kind: K;
  readonly text: string;
  /** The file's content; present only when `diagnostics` holds no error. */
  readonly value: DocumentValues[K] | undefined;
  /** Whatever could be read, of no certain shape; for help while the file is still being written. */
  readonly draft: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /** The parsed tree; absent for an empty file and for one too large to read. */
  readonly contents: Node | undefined;
  /** What each alias in `contents` stands for. */
  readonly aliasTargets: ReadonlyMap<Alias, Node>;
  /** Where a path is written: its key or its value. See `locateSpan` for paths that are not there. */
  readonly locate: (path: DocumentPath, part: 'key' | 'value') => Range;
  readonly positionAt: (offset: number) => Position;
  readonly offsetAt: (position: Position) => number;
  readonly rangeAt: (start: number, end: number) => Range;
}

const validators: { readonly [K in DocumentKind]: Validator<DocumentValues[K]> } = {
  bench: validateBenchmark,
  tune: validateTuningJob,
  policy: validatePolicy,
  workbench: validateWorkbench,
  prompt: validatePrompt,
};

/**
 * Reads and validates one file. Never throws: whatever is wrong is in `diagnostics`. Checks what the text alone shows;
 * whether files, columns and connections exist is for `checkBenchmark`, `checkWorkbench` and `checkPrompt`.
 */
export function parseDocument<K extends DocumentKind>(kind: K, text: string): ParsedDocument<K> {
  const lines = indexLines(text);
  if (isTooLarge(text)) {
    const message = `The ${kindNames[kind]} is larger than 1 MiB and is not read. Data belongs in a dataset file.`;
    return unread(kind, text, lines, { code: 'too-large', severity: 'error', message, range: lines.rangeAt(0, 0) });
  }
  let document: Document.Parsed;
  try {
    document = parseYaml(text, untrustedYaml);
  } catch {
    // The parser recurses: only nesting that exhausts the stack brings it here.
    const range = lines.rangeAt(0, 0);
    return unread(kind, text, lines, {
      code: 'too-deep',
      severity: 'error',
      message: 'Nested too deeply to be read.',
      range,
    });
  }
  const syntax = describeSyntax(text, document.errors, document.warnings, lines);
  const root = document.contents;
  const collected: CollectedValue = syntax.some(found => found.code === 'too-deep')
    ? { value: undefined, faults: [], targets: new Map<Alias, Node>() }
    : collectValue(root);
  const locate = (path: DocumentPath, part: 'key' | 'value'): Range =>
    lines.rangeAt(...locateSpan(root, collected.targets, path, part));
  const sourceAt = (path: DocumentPath): string => text.slice(...locateSpan(root, collected.targets, path, 'value'));
  const diagnostics = [...syntax, ...describeValueFaults(collected, lines)];
  const structureKnown = !diagnostics.some(found => found.code === 'tab-indentation') && collected.value !== undefined;
  if (structureKnown) {
    if (collected.value === null) {
      if (syntax.length === 0) diagnostics.push(describeEmpty(kind, lines));
    } else {
      const validate = validators[kind];
      if (!validate(collected.value)) {
        const faults: readonly SchemaFault[] = validate.errors ?? [];
        // A repeated field has a value; an alias of nothing has none.
        const broken = diagnostics.filter(({ code }) => code !== 'duplicate-key');
        diagnostics.push(...keepCertain(describeFaults(kind, collected.value, faults, locate, sourceAt), broken));
      }
    }
  }
  return {
    kind,
    text,
    value: hasErrors(diagnostics) ? undefined : (collected.value as DocumentValues[K]),
    draft: collected.value,
    diagnostics,
    contents: root ?? undefined,
    aliasTargets: collected.targets,
    locate,
    positionAt: lines.positionAt,
    offsetAt: lines.offsetAt,
    rangeAt: lines.rangeAt,
  };
}

function unread<K extends DocumentKind>(
  kind: K,
  text: string,
  lines: LineIndex,
  diagnostic: Diagnostic,
): ParsedDocument<K> {
  return {
    kind,
    text,
    value: undefined,
    draft: undefined,
    diagnostics: [diagnostic],
    contents: undefined,
    aliasTargets: new Map(),
    locate: () => lines.rangeAt(0, 0),
    positionAt: lines.positionAt,
    offsetAt: lines.offsetAt,
    rangeAt: lines.rangeAt,
  };
}

/** Bytes are counted only where the number of characters leaves it open. */
function isTooLarge(text: string): boolean {
  if (text.length > mostBytes) return true;
  return text.length * 3 > mostBytes && new TextEncoder().encode(text).length > mostBytes;
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
  return collected.faults.map(fault => ({
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
