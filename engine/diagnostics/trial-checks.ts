import type { PromptTrial } from '../../schemas/generated/files.ts';
import { mostTrialCases, trialInput, trialModels, writtenCases } from '../documents/trial.ts';
import { parseReference } from '../base/registry-reference.ts';
import { isTrained, parseTrainedName } from '../registry/trained-name.ts';
import { checkConnections } from './connection-checks.ts';
import { checkDataset, hasColumn } from './dataset-checks.ts';
import type { Diagnostic, DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { collectFindings, sortFindings } from '../documents/findings.ts';
import { isConnectionName } from '../documents/formats.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { findVariables, readPromptVariables } from '../documents/prompt-variables.ts';
import { checkTrainedModels } from './registry-checks.ts';
import { checkRegistryNames } from './registry-name-checks.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { checkValues } from './value-checks.ts';
import type { DeclaredNames, WorkspaceView } from './workspace-view.ts';

/**
 * Whether a prompt can be tried as it says: the models that answer, and what each variable stands for. Nothing where the text itself has
 * errors. Rejects only with the signal's reason.
 */
export async function checkTrial(
  parsed: ParsedDocument<'trial'>,
  view: WorkspaceView,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const trial = parsed.value;
  if (trial === undefined) return [];
  const { report, sorted } = collectFindings(parsed);
  const variables = readPromptVariables(parsed);
  await checkModels(trial, variables, view, report, signal);
  signal.throwIfAborted();
  if (trial.values !== undefined && trial.dataset !== undefined) {
    const message = 'Cases come from `values` or from the rows of a `dataset`, not from both. Keep one.';
    report('conflicting-fields', 'error', ['values'], message, { part: 'key' });
  }
  const lacking =
    variables === undefined
      ? []
      : trial.dataset === undefined
        ? checkCases(parsed, trial, variables, report)
        : await checkRows(parsed, trial, variables, view, report, signal);
  return sortFindings([...sorted(), ...lacking]);
}

async function checkModels(
  trial: PromptTrial,
  variables: readonly string[] | undefined,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const models = trialModels(trial);
  const at = (index: number): DocumentPath => (trial.models === undefined ? ['model'] : ['models', index]);
  if (models.length === 0) {
    report('missing-field', 'error', [], 'Missing `models`. The models that answer, such as `models: [gpt]`.');
    return;
  }
  if (trial.models === undefined && !isConnectionName(models[0] ?? '') && !isTrained(models[0] ?? '')) {
    const message = `\`${models[0] ?? ''}\` is no connection's name. Say with \`models\` which connections answer.`;
    report('unknown-connection', 'error', at(0), message);
    return;
  }
  const connections = models.some(isTrained) ? await view.connections(signal) : undefined;
  signal.throwIfAborted();
  models.forEach((model, index) => {
    if (model.startsWith('embedded:')) {
      const message = `\`${model}\` reads no prompt: it learns from the rows of a dataset. Measure it with a benchmark.`;
      report('not-allowed-value', 'error', at(index), message);
    } else if (
      isComputed(model, connections) &&
      variables !== undefined &&
      trialInput(trial, variables) === undefined
    ) {
      const remedy =
        trial.dataset === undefined
          ? 'Leave it out, or read one variable only.'
          : 'Name the column it reads as `dataset.input`.';
      const message = `\`${model}\` reads one text and no prompt, and this one reads ${variables.length === 0 ? 'no variable' : listWords(variables)}. ${remedy}`;
      report('not-allowed-value', 'error', at(index), message);
    }
  });
  await checkConnections(models, at, view, report, signal);
  await checkRegistryNames(models, at, view, report, signal);
  if (view.remembered === undefined) return;
  const jobs = view.tuningJobs ?? ((): Promise<readonly never[]> => Promise.resolve([]));
  await checkTrainedModels({ models: [...models] }, jobs, view.remembered, report, signal);
}

/** Whether a model is computed with here, where it reads no prompt. Of a registered version somebody may serve that is not known yet. */
function isComputed(model: string, connections: DeclaredNames | undefined): boolean {
  const named = parseTrainedName(model);
  if (named?.kind !== 'registry') return named !== undefined;
  const serves = connections?.state === 'known' ? (connections.serves ?? []) : [];
  return (
    named.registry === undefined &&
    !serves.some(text => {
      const reference = parseReference(text);
      return reference?.registry === undefined && reference?.model === named.model;
    })
  );
}

/** What every case must give, and what it gives for nothing. */
function checkCases(
  parsed: ParsedDocument<'trial'>,
  trial: PromptTrial,
  variables: readonly string[],
  report: ReportFinding,
): readonly Diagnostic[] {
  const cases = writtenCases(trial);
  const isList = Array.isArray(trial.values);
  const messages = new Map<string, string>();
  cases.forEach((values, index) => {
    const names = Object.keys(values);
    const at = isList ? ['values', index] : ['values'];
    for (const name of names) {
      if (variables.includes(name)) continue;
      const suggestion = suggestWord(name, variables);
      const message = `This does nothing: no message reads \`{{${name}}}\`.${askDidYouMean(suggestion)}`;
      report('unused-field', 'information', [...at, name], message, { part: 'key', replacement: suggestion });
    }
    for (const name of variables) {
      if (messages.has(name) || (Object.hasOwn(values, name) && values[name] !== null)) continue;
      const lack =
        trial.values === undefined
          ? `Nothing says what \`${name}\` stands for. Add \`values: {${name}: …}\`, or a \`dataset\` with that column.`
          : isList
            ? `Case ${String(index + 1)} of \`values\` does not say what \`${name}\` stands for.`
            : `\`values\` does not say what \`${name}\` stands for.`;
      const suggestion = suggestWord(
        name,
        names.filter(given => !variables.includes(given)),
      );
      messages.set(name, `${lack}${askDidYouMean(suggestion)}`);
    }
  });
  return placeLacking(parsed, messages);
}

/** The columns that the messages read must be those of the dataset. */
async function checkRows(
  parsed: ParsedDocument<'trial'>,
  trial: PromptTrial,
  variables: readonly string[],
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const { dataset } = trial;
  if (dataset === undefined) return [];
  if ((dataset.limit ?? 0) > mostTrialCases) {
    const message = `\`dataset.limit\` must be at most ${String(mostTrialCases)} here, not ${String(dataset.limit)}. Measure more rows with a benchmark.`;
    report('out-of-range', 'error', ['dataset', 'limit'], message);
  }
  const at = ['dataset'];
  const input = dataset.input ?? variables[0];
  const asked = input === undefined ? dataset : { ...dataset, input };
  const checked = await checkDataset(asked, at, view, withoutInput(dataset.input, report), signal);
  signal.throwIfAborted();
  if (checked === undefined) return [];
  await checkValues({ dataset, at, metrics: { at: [], entries: [] } }, checked.source, view, report, signal);
  const { columns } = checked;
  const messages = new Map<string, string>();
  for (const name of variables.filter(variable => !hasColumn(columns, variable))) {
    const suggestion = suggestWord(name, columns);
    const message = `\`${dataset.path}\` has no column \`${name}\`.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
    messages.set(name, message);
  }
  return placeLacking(parsed, messages);
}

/** A column that is taken for granted and not there is told where a message reads it. */
function withoutInput(written: string | undefined, report: ReportFinding): ReportFinding {
  if (written !== undefined) return report;
  return (code, severity, path, message, extra) => {
    if (code !== 'unknown-column' || path[1] !== 'input') report(code, severity, path, message, extra);
  };
}

const mostPlaces = 100;

function placeLacking(parsed: ParsedDocument<'trial'>, messages: ReadonlyMap<string, string>): readonly Diagnostic[] {
  if (messages.size === 0) return [];
  return findVariables(parsed)
    .slice(0, mostPlaces)
    .flatMap(({ name, range }): Diagnostic[] => {
      const message = messages.get(name);
      return message === undefined ? [] : [{ code: 'unknown-variable', severity: 'error', message, range }];
    });
}
