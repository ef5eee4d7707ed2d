import { WorkbenchError } from '../base/errors.ts';
import { readLines } from '../datasets/lines.ts';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import type { Files } from '../ports/files.ts';
import type { ImportedFigure, ImportedRun, ImportedSample, ImportedScore, ImportOptions } from './imported.ts';
import { readLmEvalSample } from './lm-eval-sample.ts';
import { parsePythonJson } from './python-json.ts';
import { countFrom, dateFrom, distinctIds, fieldsOf, itemsOf, numberFrom, rowText, textFrom } from './values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A task of a results file with the file of its samples, where that lies beside it. */
interface Task {
  readonly name: string;
  readonly samples: string | undefined;
}

/**
 * Reads an lm-evaluation-harness results file (0.4) as one run a task, except that the tasks of a group become one run with a slice `task`.
 * Samples are found beside it: `samples_<task>_<date>.jsonl` with the same date.
 */
export async function readLmEval(
  results: unknown,
  path: string,
  options: ImportOptions,
  files: Files,
  signal: AbortSignal,
): Promise<readonly ImportedRun[]> {
  const file = fieldsOf(results);
  const figures = fieldsOf(file['results']);
  const names = Object.keys(figures).filter(name => isTask(name, file));
  if (names.length === 0) {
    throw new WorkbenchError('file-invalid', `${path} is no lm-eval results file: it names no task.`, {
      remedy: 'Give a results_….json that lm-eval wrote with --output_path.',
      place: { path },
    });
  }
  const beside = await findSamples(path, names, files, signal);
  return groupTasks(names, file).map(({ name, tasks }) => {
    const placed = tasks.map((task): Task => ({ name: task, samples: beside.get(task) }));
    return describeRun(name, placed, file, options, files);
  });
}

/** Groups have results of their own, made from their tasks', and no number of rows. */
function isTask(name: string, file: Fields): boolean {
  const subtasks = itemsOf(fieldsOf(file['group_subtasks'])[name]);
  return subtasks.length === 0;
}

function groupTasks(names: readonly string[], file: Fields): { readonly name: string; readonly tasks: string[] }[] {
  const left = new Set(names);
  const groups: { readonly name: string; readonly tasks: string[] }[] = [];
  for (const [name, members] of Object.entries(fieldsOf(file['group_subtasks']))) {
    const tasks = itemsOf(members).filter((task): task is string => typeof task === 'string' && left.has(task));
    if (tasks.length === 0) continue;
    for (const task of tasks) left.delete(task);
    groups.push({ name, tasks });
  }
  return [...groups, ...[...left].map(name => ({ name, tasks: [name] }))];
}

async function findSamples(
  path: string,
  tasks: readonly string[],
  files: Files,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const date = /results_(.+)\.json$/.exec(path)?.[1];
  const found = new Map<string, string>();
  if (date === undefined) return found;
  const folder = files.parent(path);
  for (const task of tasks) {
    signal.throwIfAborted();
    const name = files.resolve(folder, `samples_${task.replace(/[/\\]/g, '_')}_${date}.jsonl`);
    if (files.parent(name) === folder && (await files.facts(name))?.kind === 'file') found.set(task, name);
  }
  return found;
}

function describeRun(
  name: string,
  tasks: readonly Task[],
  file: Fields,
  options: ImportOptions,
  files: Files,
): ImportedRun {
  const results = fieldsOf(file['results']);
  const keys = [...new Set(tasks.flatMap(task => scoreKeys(fieldsOf(results[task.name]))))];
  const ids = distinctIds(keys.map(scoreName));
  const higher = Object.assign(
    {},
    ...tasks.map(task => fieldsOf(fieldsOf(file['higher_is_better'])[task.name])),
  ) as Fields;
  const scores = keys.map((key): ImportedScore => {
    const metric = key.split(',')[0] ?? key;
    const { unit, direction } = scaleOf(metric, higher[metric]);
    return { id: ids.get(scoreName(key)) ?? key, label: scoreName(key), unit, direction };
  });
  const only = tasks.length === 1 ? tasks[0] : undefined;
  const config = fieldsOf(file['config']);
  const first = fieldsOf(fieldsOf(file['configs'])[tasks[0]?.name ?? '']);
  const bare = tasks.filter(task => task.samples === undefined);
  const told = only === undefined ? [] : toldFigures(only, file, scores, keys);
  return {
    tool: 'lm-eval',
    toolVersion: textFrom(file['lm_eval_version']),
    name,
    createdAt: dateFrom(file['date']),
    dataset: [first['dataset_path'], first['dataset_name']].filter(part => typeof part === 'string').join('/') || name,
    variants: [
      {
        model: modelName(file, config),
        figures: bare.length === 0 ? [] : told,
        settings: {
          config,
          few: fieldsOf(file['n-shot']),
          template: file['chat_template_sha'],
          tasks: file['task_hashes'],
        },
      },
    ],
    parameters: parametersOf(tasks, file, config),
    scores,
    repeats: Math.max(1, countFrom(first['repeats']) ?? 1),
    notes: bare.length === 0 ? [] : [noSamples(bare)],
    samples: signal => readAll(tasks, keys, ids, options, files, signal),
  };
}

/** How the tasks were asked: what figures of another tool must share to be compared. */
function parametersOf(tasks: readonly Task[], file: Fields, config: Fields): Record<string, string | number | boolean> {
  const shots = new Set(tasks.map(({ name }) => countFrom(fieldsOf(file['n-shot'])[name])));
  const generation = config['gen_kwargs'];
  const told =
    typeof generation === 'string'
      ? numberFrom(/(?:^|,)temperature=([^,]+)/.exec(generation)?.[1])
      : numberFrom(fieldsOf(generation)['temperature']);
  const stated = {
    few_shot: shots.size === 1 ? [...shots][0] : undefined,
    temperature: told,
    seed: numberFrom(config['random_seed']),
    chat_template_sha: textFrom(file['chat_template_sha']),
    engine: textFrom(config['model']),
    model_revision: textFrom(config['model_revision']),
  };
  return Object.fromEntries(
    Object.entries(stated).filter((pair): pair is [string, string | number] => pair[1] !== undefined),
  );
}

function noSamples(tasks: readonly Task[]): string {
  const names = tasks.map(({ name }) => name).join(', ');
  return `No samples lay beside the results of ${names} (lm-eval writes them with --log_samples): figures only.`;
}

function modelName(file: Fields, config: Fields): string {
  const args = config['model_args'];
  const given = typeof args === 'string' ? /(?:^|,)(?:pretrained|model)=([^,]+)/.exec(args)?.[1] : undefined;
  const fields = fieldsOf(args);
  return (
    textFrom(fields['pretrained']) ??
    textFrom(fields['model']) ??
    given ??
    textFrom(file['model_name']) ??
    textFrom(config['model']) ??
    'unknown'
  );
}

/** `acc,none` and the like; not their standard errors, and nothing that is no number. */
function scoreKeys(figures: Fields): string[] {
  return Object.keys(figures).filter(
    key => key.includes(',') && !/_stderr,/.test(key) && numberFrom(figures[key]) !== undefined,
  );
}

/** `acc`, `exact_match (strict)`. */
function scoreName(key: string): string {
  const [metric = key, filter] = key.split(',');
  return filter === undefined || filter === 'none' ? metric : `${metric} (${filter})`;
}

const shares = /^(acc|acc_norm|acc_bytes|exact_match|em|f1|mc1|mc2|mcc|pass@\d+|prompt_level|inst_level)/;

function scaleOf(metric: string, higher: unknown): { unit: MetricValue['unit']; direction: MetricValue['direction'] } {
  const direction = higher === false || /perplexity|^ter$|wer$/.test(metric) ? 'lower' : 'higher';
  if (/^(bleu|chrf|ter)/.test(metric)) return { unit: 'points', direction };
  return { unit: shares.test(metric) ? 'ratio' : 'score', direction };
}

/** Figures as the results file states them, with their standard errors. */
function toldFigures(
  task: Task,
  file: Fields,
  scores: readonly ImportedScore[],
  keys: readonly string[],
): ImportedFigure[] {
  const own = fieldsOf(fieldsOf(file['results'])[task.name]);
  const n =
    countFrom(fieldsOf(fieldsOf(file['n-samples'])[task.name])['effective']) ?? countFrom(own['sample_len']) ?? 0;
  return scores.flatMap((score, index): ImportedFigure[] => {
    const key = keys[index] ?? '';
    const value = numberFrom(own[key]);
    if (value === undefined) return [];
    const standardError = numberFrom(own[key.replace(',', '_stderr,')]);
    return [{ ...score, kind: 'quality', value, n, ...(standardError === undefined ? {} : { standardError }) }];
  });
}

const batchSize = 500;

/** A task's samples come once for each filter: the first occurrence is the sample, the others add their scores to it. */
async function* readAll(
  tasks: readonly Task[],
  keys: readonly string[],
  ids: ReadonlyMap<string, string>,
  options: ImportOptions,
  files: Files,
  signal: AbortSignal,
): AsyncIterable<readonly ImportedSample[]> {
  const idOf = (metric: string, filter: string): string | undefined => {
    const key = `${metric},${filter}`;
    return keys.includes(key) ? ids.get(scoreName(key)) : undefined;
  };
  let base = 0;
  for (const { name, samples } of tasks) {
    if (samples === undefined) continue;
    const later = await collectLaterScores(files, samples, idOf, signal);
    const slices: Record<string, string> = tasks.length > 1 ? { task: name } : {};
    let rows = 0;
    let batch: ImportedSample[] = [];
    const seen = new Set<string>();
    for await (const value of readJsonObjects(files, samples, signal)) {
      const id = rowText(value['doc_id']);
      if (seen.has(id)) continue;
      seen.add(id);
      const sample = readLmEvalSample(value, base + rows, slices, idOf, options);
      rows += 1;
      batch.push({ ...sample, scores: { ...sample.scores, ...later.get(id) } });
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
    base += rows;
  }
}

async function collectLaterScores(
  files: Files,
  path: string,
  idOf: (metric: string, filter: string) => string | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Record<string, number>>> {
  const later = new Map<string, Record<string, number>>();
  let first: string | undefined;
  for await (const value of readJsonObjects(files, path, signal)) {
    const filter = textFrom(value['filter']) ?? 'none';
    first ??= filter;
    if (filter === first) continue;
    const { scores } = readLmEvalSample(value, 0, {}, idOf, {});
    const id = rowText(value['doc_id']);
    later.set(id, { ...later.get(id), ...scores });
  }
  return later;
}

async function* readJsonObjects(files: Files, path: string, signal: AbortSignal): AsyncIterable<Fields> {
  for await (const lines of readLines(files.stream(path, signal), path)) {
    signal.throwIfAborted();
    for (const { number, text } of lines) {
      if (text.trim() !== '') yield fieldsOf(parsePythonJson(text, `${path}:${String(number)}`));
    }
  }
}
