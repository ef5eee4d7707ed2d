import { WorkbenchError, type Place } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import { findJsonFault } from './json-fault.ts';
import { findMember, readElements, readMembers, skipBlank, type Span } from './json-spans.ts';

/** What a cell shows. Everything in it is of unknown origin. */
export type NotebookOutput =
  /** Content by MIME type: a string of text types (and of base64), a value of JSON types. */
  | { readonly type: 'bundle'; readonly data: Readonly<Record<string, unknown>> }
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'error'; readonly name: string; readonly value: string; readonly traceback: readonly string[] };

export interface NotebookCell {
  /** Position among all cells, from 0. */
  readonly index: number;
  /** Files older than nbformat 4.5 have none. */
  readonly id: string | undefined;
  readonly kind: 'code' | 'markdown' | 'raw';
  readonly source: string;
  /** Language id of a code cell. */
  readonly language: string;
  readonly executionCount: number | undefined;
  readonly outputs: readonly NotebookOutput[];
  /** Files that a Markdown cell refers to as `attachment:NAME`: content in base64 by MIME type. */
  readonly attachments: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether the file keeps when this cell was executed. */
  readonly timed: boolean;
  /** Where the cell's object stands in the text. */
  readonly span: Span;
}

/** A notebook file as it was read. What is written goes into `text`, and leaves everything else in it as it is. */
export interface Notebook {
  readonly path: string;
  readonly text: string;
  readonly cells: readonly NotebookCell[];
  /** Whether it names our kernel. */
  readonly ours: boolean;
}

/** Notebooks hold images. */
const largestFile = 200 * 1024 * 1024;

const kernelName = 'ai-workbench';

type Fields = Readonly<Record<string, unknown>>;

/** Reads a notebook from a file. */
export async function loadNotebook(path: string, files: Files, signal: AbortSignal): Promise<Notebook> {
  return readNotebook(path, await files.readText(path, signal, largestFile));
}

/**
 * Reads the text of an `.ipynb` file of nbformat 4. Throws `file-invalid` with the place in the file.
 */
export function readNotebook(path: string, text: string): Notebook {
  const root = parseJson(path, text);
  if (!isFields(root)) throw noNotebook(path, 'It holds no object.');
  requireVersion(path, root);
  const { cells } = root;
  if (!Array.isArray(cells)) throw noNotebook(path, 'It has no list of cells.');
  const language = languageOf(root['metadata']);
  const list = findMember(readMembers(text, skipBlank(text, 0)), 'cells');
  const spans = list === undefined ? [] : readElements(text, list.value.start);
  return {
    path,
    text,
    ours: field(field(root['metadata'], 'kernelspec'), 'name') === kernelName,
    cells: cells.map((cell: unknown, index) => {
      const span = spans[index] ?? { start: 0, end: 0 };
      return readCell(cell, index, language, span, () => placeAt(path, text, span.start));
    }),
  };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WorkbenchError('file-invalid', `${path} is no valid JSON, so it is no notebook.`, {
      remedy: 'Undo what was last changed in it by hand; a merge may have left its marks (<<<<<<<).',
      place: placeAt(path, text, findJsonFault(text)),
      cause: error,
    });
  }
}

function requireVersion(path: string, root: Fields): void {
  const version = root['nbformat'];
  if (version === 4) return;
  if (typeof version !== 'number') throw noNotebook(path, 'It does not say which version of nbformat it has.');
  if (version > 4) {
    throw new WorkbenchError(
      'file-invalid',
      `${path} has nbformat ${String(version)}; this workbench reads nbformat 4.`,
      {
        remedy: 'Install a newer workbench, or save the notebook as nbformat 4.',
        place: { path },
      },
    );
  }
  throw new WorkbenchError('file-invalid', `${path} has nbformat ${String(version)}, which is out of use.`, {
    remedy: 'Bring it to nbformat 4 with Jupyter: `jupyter nbconvert --to notebook --nbformat 4 --inplace FILE`.',
    place: { path },
  });
}

function noNotebook(path: string, why: string): WorkbenchError {
  return new WorkbenchError('file-invalid', `${path} is no notebook. ${why}`, {
    remedy: 'Name an .ipynb file, as VS Code and Jupyter write them.',
    place: { path },
  });
}

function readCell(value: unknown, index: number, language: string, span: Span, findPlace: () => Place): NotebookCell {
  const kind = field(value, 'cell_type');
  if (!isFields(value) || (kind !== 'code' && kind !== 'markdown' && kind !== 'raw')) {
    const place = findPlace();
    throw new WorkbenchError('file-invalid', `Cell ${String(index + 1)} of ${place.path} is no notebook cell.`, {
      remedy: 'A cell has a cell_type: code, markdown or raw.',
      place,
    });
  }
  const own = field(field(value['metadata'], 'vscode'), 'languageId');
  const count = value['execution_count'];
  const outputs: readonly unknown[] = Array.isArray(value['outputs']) ? value['outputs'] : [];
  return {
    index,
    id: textOf(value['id']),
    kind,
    source: joinLines(value['source']) ?? '',
    language: textOf(own) ?? language,
    executionCount: typeof count === 'number' ? count : undefined,
    outputs: kind === 'code' ? outputs.flatMap(output => readOutput(output) ?? []) : [],
    attachments: readAttachments(value['attachments']),
    timed: isFields(field(value['metadata'], 'execution')),
    span,
  };
}

/** A notebook that names no language is one of ours as far as anybody can tell: its cells decide. */
function languageOf(metadata: unknown): string {
  const kernelspec = field(metadata, 'kernelspec');
  if (field(kernelspec, 'name') === kernelName) return 'yaml';
  return textOf(field(field(metadata, 'language_info'), 'name')) ?? textOf(field(kernelspec, 'language')) ?? 'yaml';
}

function readOutput(value: unknown): NotebookOutput | undefined {
  if (!isFields(value)) return undefined;
  switch (value['output_type']) {
    case 'stream': {
      const text = joinLines(value['text']) ?? '';
      return { type: 'stream', name: value['name'] === 'stderr' ? 'stderr' : 'stdout', text };
    }
    case 'error': {
      const traceback: readonly unknown[] = Array.isArray(value['traceback']) ? value['traceback'] : [];
      return {
        type: 'error',
        name: textOf(value['ename']) ?? 'Error',
        value: textOf(value['evalue']) ?? '',
        traceback: traceback.filter(line => typeof line === 'string'),
      };
    }
    case 'display_data':
    case 'execute_result':
      return { type: 'bundle', data: readBundle(value['data']) };
    default:
      return undefined;
  }
}

function readBundle(data: unknown): Fields {
  if (!isFields(data)) return {};
  return Object.fromEntries(
    Object.entries(data).map(([mime, content]) => [mime, isJson(mime) ? content : (joinLines(content) ?? content)]),
  );
}

function isJson(mime: string): boolean {
  return mime === 'application/json' || mime.endsWith('+json');
}

function readAttachments(value: unknown): NotebookCell['attachments'] {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, bundle]) => [name, readBundle(bundle)]));
}

/** Jupyter keeps texts as lists of lines or as one string. */
function joinLines(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  return value.every(line => typeof line === 'string') ? value.join('') : undefined;
}

function placeAt(path: string, text: string, at: number): Place {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { path, line, column: at - before.lastIndexOf('\n') };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
