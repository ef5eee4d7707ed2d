import type { PromptTrial } from '../../schemas/generated/files.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import { textOfValue } from '../datasets/column.ts';
import { readAskedRows, type AskedRow, type DatasetSelection } from '../datasets/selection.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { Prompt } from '../prompts/prompt.ts';
import { trialInput, writtenCases } from '../documents/trial.ts';

type Values = Readonly<Record<string, unknown>>;

/** The cases of a trial as rows to ask: what it writes, or the first rows of its dataset. */
export async function readTrialRows(
  trial: PromptTrial,
  prompt: Prompt,
  selection: DatasetSelection,
  { files, digest }: { readonly files: Files; readonly digest: Digest },
  signal: AbortSignal,
): Promise<readonly AskedRow[]> {
  const { limit = Number.POSITIVE_INFINITY } = selection;
  const input = trialInput(trial, prompt.variables);
  if (trial.dataset === undefined) {
    return writtenCases(trial)
      .slice(0, limit)
      .map((values, index) => writtenRow(values, index, input, prompt.variables, digest));
  }
  const rows: AskedRow[] = [];
  for await (const batch of readAskedRows(files, digest, selection, signal)) {
    for (const row of batch) rows.push(datasetRow(row, input, prompt.variables, digest));
  }
  return rows;
}

function writtenRow(
  values: Values,
  index: number,
  input: string | undefined,
  variables: readonly string[],
  digest: Digest,
): AskedRow {
  const text = input === undefined ? describeValues(values, variables) : textOf(values[input]);
  return {
    index,
    line: 1,
    input: text,
    target: '',
    slices: {},
    values,
    digest: digestOf(['case', text], values, variables, digest),
  };
}

/** A row is what the messages read of it: another value in any of them makes it another row. */
function datasetRow(row: AskedRow, input: string | undefined, variables: readonly string[], digest: Digest): AskedRow {
  const text = input === undefined ? describeValues(row.values, variables) : row.input;
  return { ...row, input: text, digest: digestOf(['row', row.digest], row.values, variables, digest) };
}

function digestOf(content: readonly string[], values: Values, variables: readonly string[], digest: Digest): string {
  const read = variables.map(name => [name, Object.hasOwn(values, name) ? textOf(values[name]) : null]);
  return digest.sha256(canonicalJson([content, read]));
}

/** The values of several variables, a line each where they fit. */
function describeValues(values: Values, variables: readonly string[]): string {
  return variables
    .filter(name => Object.hasOwn(values, name))
    .map(name => `${name}: ${textOf(values[name])}`)
    .join('\n');
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Uint8Array) return `(${String(value.byteLength)} bytes)`;
  return textOfValue(value);
}
