import type { Benchmark } from '../../schemas/generated/files.ts';
import type { DocumentPath, RelatedPlace, ReportFinding } from '../documents/diagnostic.ts';
import { isConnectionName } from '../documents/formats.ts';
import { findVariables, readPromptVariables } from '../documents/prompt-variables.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** Whether a benchmark's prompts are there and ask something of each row. `columns` are the dataset's, as far as known. */
export async function checkPrompts(
  benchmark: Benchmark,
  columns: readonly string[] | undefined,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const { dataset, models, prompts = [] } = benchmark;
  for (const [index, prompt] of prompts.entries()) {
    const at = ['prompts', index];
    const facts = await view.fileFacts(prompt, signal);
    signal.throwIfAborted();
    if (facts?.kind !== 'file') {
      report('missing-file', 'error', at, `There is no file \`${prompt}\` (looked up from this file's folder).`);
      continue;
    }
    const variables = await view.promptVariables(prompt, signal);
    signal.throwIfAborted();
    if (variables === undefined) {
      report('unreadable-file', 'error', at, `\`${prompt}\` has errors; open it to see them.`);
      continue;
    }
    const hasAttachments =
      dataset.audio !== undefined || dataset.images !== undefined || dataset.format === 'wav-folder';
    if (variables.length === 0 && !hasAttachments && models.some(isConnectionName)) {
      const placeholder =
        dataset.input === undefined ? '' : ` Put \`{{${dataset.input}}}\` where the question belongs.`;
      const message = `\`${prompt}\` reads no column: every row would be asked the same.${placeholder}`;
      report('prompt-without-column', 'warning', at, message);
    }
    if (columns !== undefined) await checkVariables(prompt, variables, columns, at, view, report, signal);
  }
}

async function checkVariables(
  prompt: string,
  variables: readonly string[],
  columns: readonly string[],
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  for (const name of variables) {
    if (columns.includes(name)) continue;
    const suggestion = suggestWord(name, columns);
    const message = `\`${prompt}\` reads \`{{${name}}}\`, and the dataset has no such column.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
    report('unknown-column', 'error', at, message, { related: await placesOf(name, prompt, view, signal) });
  }
}

const mostPlaces = 5;

async function placesOf(
  name: string,
  prompt: string,
  view: WorkspaceView,
  signal: AbortSignal,
): Promise<readonly RelatedPlace[] | undefined> {
  const read = await view.prompt?.(prompt, signal);
  signal.throwIfAborted();
  return read && variablePlaces(name, read.path, findVariables(read.parsed));
}

function variablePlaces(
  name: string,
  path: string,
  variables: ReturnType<typeof findVariables>,
): readonly RelatedPlace[] {
  return variables
    .filter(variable => variable.name === name)
    .slice(0, mostPlaces)
    .map(({ range }) => ({ path, message: `\`${name}\` is read here.`, range }));
}

/** What the prompt of a judge may read beside the row's columns. */
export const judgeVariables: readonly string[] = ['rubric', 'input', 'answer', 'target', 'format'];

/** Whether the prompts and rubrics of judges say what is to be judged, and hold no placeholder that nothing fills. */
export async function checkJudges(
  { metrics = [] }: Benchmark,
  columns: readonly string[] | undefined,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, entry] of metrics.entries()) {
    if (typeof entry === 'string') continue;
    for (const name of ['judge', 'pairwise', 'toxicity'] as const) {
      const parameters: { readonly rubric?: string; readonly criteria?: string; readonly prompt?: string } | undefined =
        entry[name];
      if (parameters === undefined) continue;
      const at = ['metrics', index, name];
      await checkRubric(parameters, at, view, report, signal);
      if (parameters.prompt !== undefined)
        await checkJudgePrompt(parameters.prompt, columns, [...at, 'prompt'], view, report, signal);
    }
  }
}

/** A rubric is shown to the judge as it is written. */
async function checkRubric(
  { rubric, criteria }: { readonly rubric?: string; readonly criteria?: string },
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const text = rubric === undefined ? criteria : await view.shortText?.(rubric, signal);
  signal.throwIfAborted();
  const placeholder = /\{\{-?\s*([\p{L}_][\p{L}\p{N}_]{0,60})/u.exec(text ?? '')?.[1];
  if (placeholder === undefined) return;
  const place = rubric === undefined ? [...at, 'criteria'] : [...at, 'rubric'];
  const what = rubric === undefined ? 'These criteria hold' : `\`${rubric}\` holds`;
  const message = `${what} \`{{${placeholder}}}\`, which nothing fills: a rubric is shown as it is written. Question and answer are shown beside it; to arrange them, write a \`prompt\`.`;
  report('unfilled-placeholder', 'warning', place, message);
}

async function checkJudgePrompt(
  prompt: string,
  columns: readonly string[] | undefined,
  at: DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const read = await view.prompt?.(prompt, signal);
  signal.throwIfAborted();
  const variables = read && readPromptVariables(read.parsed);
  // That it is missing is told with the metric's other files.
  if (read === undefined) return;
  if (variables === undefined) {
    report('unreadable-file', 'error', at, `\`${prompt}\` has errors; open it to see them.`);
    return;
  }
  if (!variables.includes('answer')) {
    const message = `\`${prompt}\` does not read \`{{answer}}\`: the judge would not see what it judges.`;
    report('prompt-without-column', 'warning', at, message);
  }
  if (columns === undefined) return;
  const known = [...judgeVariables, ...columns];
  for (const name of variables.filter(variable => !known.includes(variable))) {
    const suggestion = suggestWord(name, known);
    const message = `\`${prompt}\` reads \`{{${name}}}\`, which is neither a column of the dataset nor one of ${listWords(judgeVariables)}.${askDidYouMean(suggestion)}`;
    const related = variablePlaces(name, read.path, findVariables(read.parsed));
    report('unknown-variable', 'warning', at, message, { related });
  }
}
