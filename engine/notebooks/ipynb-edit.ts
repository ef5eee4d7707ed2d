import type { MimeBundle } from '../../schemas/generated/messages.ts';
import { readNotebook, type Notebook, type NotebookCell } from './ipynb.ts';
import { findMember, readMembers, type MemberSpan } from './json-spans.ts';
import { tidyJson } from './tidy-json.ts';

/** What executing a cell leaves in the file; what is absent stays as it is. */
export interface CellChange {
  readonly outputs?: readonly WrittenOutput[];
  readonly executionCount?: number | null;
  /** When it was executed, for cells whose file keeps that. */
  readonly timing?: { readonly startedAt: number; readonly endedAt?: number };
}

export type WrittenOutput =
  { readonly type: 'bundle'; readonly bundle: MimeBundle } | { readonly type: 'stderr'; readonly text: string };

/** How a file is laid out. */
interface Layout {
  /** Of one level; absent where all stands on one line. */
  readonly indent: string | undefined;
  readonly lineEnd: string;
}

/**
 * The notebook with cells changed, each by its position. Nothing else in its text moves: members it does not know, the order of keys,
 * numbers as they are written, the indentation and the last line's end. What is written is what Jupyter and VS Code write for the same
 * content.
 */
export function changeCells(notebook: Notebook, changes: ReadonlyMap<number, CellChange>): Notebook {
  const layout = layoutOf(notebook.text);
  const edits = [...changes].flatMap(([index, change]) => {
    const cell = notebook.cells[index];
    return cell === undefined ? [] : editsOf(cell, change, notebook.text, layout);
  });
  return edits.length === 0 ? notebook : readNotebook(notebook.path, applyEdits(notebook.text, edits));
}

function editsOf({ span, timed }: NotebookCell, change: CellChange, text: string, layout: Layout): readonly Edit[] {
  const { outputs, executionCount, timing } = change;
  const set = (object: number, depth: number, key: string, value: unknown): Edit =>
    setMember(text, object, key, value, depth, layout);
  const metadata = timing === undefined || !timed ? undefined : findMember(readMembers(text, span.start), 'metadata');
  return [
    ...(executionCount === undefined ? [] : [set(span.start, 3, 'execution_count', executionCount)]),
    ...(outputs === undefined ? [] : [set(span.start, 3, 'outputs', outputs.map(writeOutput))]),
    ...(timing === undefined || metadata === undefined
      ? []
      : [set(metadata.value.start, 4, 'execution', timingOf(timing))]),
  ];
}

/** The cell of another reading of the same file: the one with its id, or in files without ids the one in its place, with its text. */
export function findSameCell(notebook: Notebook, cell: NotebookCell): NotebookCell | undefined {
  const same =
    cell.id === undefined ? notebook.cells[cell.index] : notebook.cells.find(candidate => candidate.id === cell.id);
  return same?.kind === cell.kind && same.source === cell.source ? same : undefined;
}

function writeOutput(output: WrittenOutput): unknown {
  if (output.type === 'stderr')
    return { name: 'stderr', output_type: 'stream', text: splitLines(output.text.toWellFormed()) };
  const data = Object.fromEntries(
    Object.entries(output.bundle as Readonly<Record<string, unknown>>).map(([mime, content]) => [
      mime,
      typeof content === 'string' ? splitLines(content) : content,
    ]),
  );
  return { data, metadata: {}, output_type: 'display_data' };
}

/** Lines that keep their ends, as Jupyter stores texts. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** As nbclient and JupyterLab record it. */
function timingOf({ startedAt, endedAt }: NonNullable<CellChange['timing']>): unknown {
  const started = new Date(startedAt).toISOString();
  const ended = endedAt === undefined ? undefined : new Date(endedAt).toISOString();
  return {
    'iopub.execute_input': started,
    'iopub.status.busy': started,
    ...(ended === undefined ? {} : { 'iopub.status.idle': ended, 'shell.execute_reply': ended }),
  };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of [...edits].sort((one, other) => one.start - other.start)) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return [...pieces, text.slice(at)].join('');
}

/** Replaces a member's value; a new member goes before the first one that comes after it by name, as Jupyter sorts them. */
function setMember(text: string, object: number, key: string, value: unknown, depth: number, layout: Layout): Edit {
  const members = readMembers(text, object);
  const present = findMember(members, key);
  const margin = marginOf(text, members[0], depth, layout);
  const written = writeValue(value, margin, layout);
  if (present !== undefined) return { ...present.value, text: written };
  const member = `${JSON.stringify(key)}:${layout.indent === undefined ? '' : ' '}${written}`;
  const gap = layout.indent === undefined ? '' : `${layout.lineEnd}${margin}`;
  const next = members.find(other => other.key > key);
  if (next !== undefined) return { start: next.start, end: next.start, text: `${member},${gap}` };
  const last = members.at(-1);
  if (last !== undefined) return { start: last.value.end, end: last.value.end, text: `,${gap}${member}` };
  const outer = layout.indent === undefined ? '' : `${layout.lineEnd}${layout.indent.repeat(depth - 1)}`;
  return { start: object + 1, end: object + 1, text: `${gap}${member}${outer}` };
}

/** What stands before the members of an object, where the first has a line of its own. */
function marginOf(text: string, first: MemberSpan | undefined, depth: number, { indent }: Layout): string {
  if (first !== undefined) {
    const before = text.slice(text.lastIndexOf('\n', first.start) + 1, first.start);
    if (before.trim() === '') return before;
  }
  return (indent ?? '').repeat(depth);
}

function writeValue(value: unknown, margin: string, { indent, lineEnd }: Layout): string {
  const text = JSON.stringify(tidyJson(value), undefined, indent);
  return indent === undefined ? text : text.replaceAll('\n', `${lineEnd}${margin}`);
}

function layoutOf(text: string): Layout {
  const found = /^\s*\{(\r?\n)([ \t]*)/.exec(text);
  if (found === null) return { indent: undefined, lineEnd: '\n' };
  return { indent: found[2] === undefined || found[2] === '' ? ' ' : found[2], lineEnd: found[1] ?? '\n' };
}
