import { formatOfPath } from '../../engine/datasets/formats.ts';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import { datasetOf, draftAt, matchesPath } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import { resolveInside } from './files.ts';
import { actionKinds, inTitle, type Edits, type FixMaker, type Scene } from './offer.ts';
import { chooseInput, columnsOf } from './placeholders.ts';
import { pathOf } from './spots.ts';

type Write = (scene: Scene, at: DocumentPath, signal: AbortSignal) => Promise<string | undefined> | string | undefined;

/** A file that is named and can be begun. */
interface Named {
  readonly path: string;
  /** Where it is named. */
  readonly at: DocumentPath;
  readonly what: string;
  readonly write: Write;
}

/** Makes the file that is named and not there, with a first content that works. Only inside the workspace. */
export const createMissingFile: FixMaker = async (finding, scene, signal) => {
  if (!scene.server.client.fileOperations) return [];
  for (const named of namedFiles(scene, pathOf(finding, scene))) {
    const absolute = await resolveInside(scene, named.path);
    signal.throwIfAborted();
    if (absolute === undefined || (await scene.server.ports.files.facts(absolute)) !== undefined) continue;
    return [
      {
        title: `Create ${named.what} ${inTitle(named.path)}`,
        kind: actionKinds.fix,
        isPreferred: true,
        edits: async making => makeFile(scene, named, absolute, making),
      },
    ];
  }
  return [];
};

async function makeFile(
  scene: Scene,
  { at, write }: Named,
  absolute: string,
  signal: AbortSignal,
): Promise<Edits | undefined> {
  const text = await write(scene, at, signal);
  return text === undefined ? undefined : { files: [{ path: absolute, text }] };
}

/** The files named at a path, or in the mapping there: a metric's finding is about the whole metric. */
function namedFiles(scene: Scene, path: DocumentPath): readonly Named[] {
  const { draft } = scene.parsed;
  const value = draftAt(draft, path);
  if (typeof value === 'string') return describeFile(scene, path, value);
  const fields = mappingOf(value);
  return ['rubric', 'prompt', 'path', 'card'].flatMap(name => {
    const named = fields[name];
    return typeof named === 'string' ? describeFile(scene, [...path, name], named) : [];
  });
}

function describeFile({ parsed }: Scene, at: DocumentPath, path: string): readonly Named[] {
  const { kind } = parsed;
  const field = at.at(-1);
  const dataset = datasetOf(kind, at);
  if (field === 'card') {
    const write = dataset === undefined ? writeModelCard : writeDatasetCard;
    return /\.(md|markdown)$/i.test(path) ? [{ path, at, what: 'card', write }] : [];
  }
  if (dataset !== undefined && matchesPath(dataset.rest, 'path')) {
    return sampleEndings.test(path) ? [{ path, at, what: 'dataset', write: writeSample }] : [];
  }
  if (kind !== 'bench') return [];
  if (matchesPath(at, 'prompts.*'))
    return kindOfPath(path) === 'prompt' ? [{ path, at, what: 'prompt', write: writePrompt }] : [];
  if (field === 'prompt')
    return kindOfPath(path) === 'prompt' ? [{ path, at, what: 'judge’s prompt', write: writeJudgePrompt }] : [];
  if (field === 'rubric')
    return /\.(md|markdown|txt)$/i.test(path) ? [{ path, at, what: 'rubric', write: () => rubric }] : [];
  return [];
}

const sampleEndings = /\.(jsonl|ndjson|json|csv|tsv)$/i;

/** A prompt that shows the columns of the dataset but for the answer. */
async function writePrompt({ parsed, ...scene }: Scene, _at: DocumentPath, signal: AbortSignal): Promise<string> {
  const dataset = mappingOf(mappingOf(parsed.draft)['dataset']);
  const columns = await columnsOf({ parsed, ...scene }, dataset, signal);
  const names = columns.filter(column => isVariable(column));
  const { input } = dataset;
  const isKnown = typeof input === 'string' && isVariable(input) && (columns.length === 0 || names.includes(input));
  const variable = isKnown ? input : chooseInput(names);
  return `messages:
  - role: system
    content: Answer with the answer alone, and nothing else.
  - role: user
    content: "{{${variable}}}"
`;
}

/** Whether a template can name the column. */
function isVariable(column: string): boolean {
  return /^[A-Za-z_]\w*$/.test(column);
}

function writeJudgePrompt(): string {
  return `messages:
  - role: system
    content: |
      You judge one answer to one question by a rubric.

      {{rubric}}

      {{format}}
  - role: user
    content: |
      {{input}}

      {{answer}}
`;
}

const rubric = `A good answer

- answers the question that was asked, completely;
- is correct, and says nothing that is not;
- is no longer than needed.

Give the highest grade where all of this holds, and the lowest where the answer is wrong or beside the question.
`;

function writeDatasetCard(): string {
  return `---
license: unknown # an SPDX name, such as Apache-2.0
# pii_review: {by: a.name@example.org, on: 2026-01-31, result: none found}
---

# Dataset

## What it holds

## Where it comes from

## Limits
`;
}

function writeModelCard({ parsed }: Scene): string {
  const { register } = mappingOf(parsed.draft) as { readonly register?: unknown };
  const { model } = mappingOf(register) as { readonly model?: unknown };
  return `---
license: unknown # an SPDX name, such as Apache-2.0
---

# ${typeof model === 'string' ? model.replace(/[\r\n]+/g, ' ') : 'Model'}

## Intended use

## Limits

## Training data

## Evaluation
`;
}

/** Two rows with the columns the document names, one of each split. */
function writeSample({ parsed }: Scene, at: DocumentPath): string | undefined {
  const dataset = mappingOf(draftAt(parsed.draft, at.slice(0, -1)));
  const rows = [sampleRow(dataset, 0), sampleRow(dataset, 1)];
  const path = String(dataset['path']);
  const format = typeof dataset['format'] === 'string' ? dataset['format'] : formatOfPath(path);
  switch (format) {
    case 'jsonl':
      return rows.map(row => `${JSON.stringify(row)}\n`).join('');
    case 'json':
      return `${JSON.stringify(rows, undefined, 2)}\n`;
    case 'csv':
      return writeTable(rows, ',');
    case 'tsv':
      return writeTable(rows, '\t');
    default:
      return undefined;
  }
}

function sampleRow(dataset: Readonly<Record<string, unknown>>, index: number): Record<string, string> {
  const texts = (value: unknown): readonly string[] =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).filter(item => typeof item === 'string');
  const split = mappingOf(dataset['split']);
  const row: Record<string, string> = {};
  const set = (column: string, value: string): void => {
    // `a.b` is a field inside a column, which a first row does not need.
    if (!column.includes('.')) row[column] = value;
  };
  for (const column of texts(dataset['input'] ?? 'input'))
    set(column, `${index === 0 ? 'A first' : 'A second'} question`);
  for (const column of texts(dataset['target'])) set(column, index === 0 ? 'yes' : 'no');
  for (const column of texts(dataset['slices'])) set(column, index === 0 ? 'a' : 'b');
  for (const name of ['stratify', 'group'])
    for (const column of texts(split[name])) set(column, index === 0 ? 'a' : 'b');
  const [field] = texts(split['field']);
  const [value] = texts(split[index === 0 ? 'train' : 'test'] ?? split['test']);
  if (field !== undefined && value !== undefined) set(field, value);
  return row;
}

function writeTable(rows: readonly Record<string, string>[], separator: string): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]): string =>
    cells.map(cell => (/[",\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator);
  return [columns, ...rows.map(row => columns.map(column => row[column] ?? ''))]
    .map(cells => `${line(cells)}\n`)
    .join('');
}
