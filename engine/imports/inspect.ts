import { WorkbenchError } from '../base/errors.ts';
import type { ImportedRun, ImportedSample, ImportedScore } from './imported.ts';
import { parsePythonJson } from './python-json.ts';
import { countFrom, dateFrom, distinctIds, fieldsOf, itemsOf, numberFrom, rowText, textFrom } from './values.ts';
import type { ZipArchive } from './zip.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An Inspect AI log: a `.eval` archive, or the same as one JSON file. */
export interface InspectSource {
  /** `eval`, `results`, `stats`, … of the log. */
  readonly header: unknown;
  /** Its samples, one at a time. */
  samples(signal: AbortSignal): AsyncIterable<unknown>;
}

const sampleName = /^samples\/.+\.json$/;

/** Opens a `.eval` archive. Throws `file-invalid` when it holds no log. */
export async function openInspectArchive(
  archive: ZipArchive,
  path: string,
  signal: AbortSignal,
): Promise<InspectSource> {
  const header = archive.entries.some(({ name }) => name === 'header.json') ? 'header.json' : '_journal/start.json';
  const decoder = new TextDecoder('utf-8');
  const parse = async (name: string, innerSignal: AbortSignal): Promise<unknown> =>
    parsePythonJson(decoder.decode(await archive.read(name, innerSignal)), `${path}, ${name}`);
  const names = archive.entries.map(({ name }) => name).filter(name => sampleName.test(name));
  return {
    header: await parse(header, signal),
    async *samples(innerSignal) {
      for (const name of names) {
        innerSignal.throwIfAborted();
        yield await parse(name, innerSignal);
      }
    },
  };
}

/** Reads an Inspect log as a run. Scores `C`, `P`, `I` and `N` count 1, 0.5, 0 and 0, as Inspect's own accuracy does. */
export function readInspect({ header, samples }: InspectSource, path: string): ImportedRun {
  const { eval: about, results, stats, status } = fieldsOf(header);
  const task = fieldsOf(about);
  const model = textFrom(task['model']);
  if (model === undefined) {
    throw new WorkbenchError('file-invalid', `${path} is no Inspect log: it names no model.`, {
      remedy: 'Give a `.eval` file, or the JSON log Inspect wrote.',
      place: { path },
    });
  }
  const scorers = itemsOf(fieldsOf(results)['scores']).map(fieldsOf);
  const names = [...new Set(scorers.map(score => textFrom(score['name']) ?? 'score'))];
  const ids = distinctIds(names);
  const scores = names.map((name): ImportedScore => {
    return { id: ids.get(name) ?? name, label: name, unit: 'score', direction: 'higher' };
  });
  const dataset = fieldsOf(task['dataset']);
  return {
    tool: 'inspect',
    toolVersion: textFrom(fieldsOf(task['packages'])['inspect_ai']),
    name: textFrom(task['task']) ?? 'inspect',
    createdAt: dateFrom(task['created']),
    dataset: textFrom(dataset['name']) ?? textFrom(dataset['location']) ?? textFrom(task['task']) ?? 'inspect',
    variants: [
      {
        model,
        figures: [],
        settings: { config: task['model_generate_config'], base: task['model_base_url'], usage: stats === undefined },
      },
    ],
    scores,
    repeats: Math.max(1, countFrom(fieldsOf(task['config'])['epochs']) ?? 1),
    notes: status === 'success' || status === undefined ? [] : [`Inspect ended this log as "${rowText(status)}".`],
    samples: signal => readSamples(samples(signal), dataset, ids),
  };
}

async function* readSamples(
  samples: AsyncIterable<unknown>,
  dataset: Fields,
  ids: ReadonlyMap<string, string>,
): AsyncIterable<readonly ImportedSample[]> {
  const order = new Map(itemsOf(dataset['sample_ids']).map((id, index) => [rowText(id), index]));
  for await (const value of samples) yield [readSample(fieldsOf(value), order, ids)];
}

function readSample(sample: Fields, order: Map<string, number>, ids: ReadonlyMap<string, string>): ImportedSample {
  const id = rowText(sample['id']);
  let row = order.get(id);
  if (row === undefined) order.set(id, (row = order.size));
  const { scores, reasons } = readScores(fieldsOf(sample['scores']), ids);
  const output = fieldsOf(sample['output']);
  const usage = sumUsage(fieldsOf(sample['model_usage']));
  const seconds = numberFrom(sample['working_time']) ?? numberFrom(sample['total_time']);
  const error = textFrom(fieldsOf(sample['error'])['message']);
  const target = sample['target'];
  return {
    variant: 0,
    row,
    repeat: Math.max(0, (countFrom(sample['epoch']) ?? 1) - 1),
    input: inputText(sample['input']),
    target: itemsOf(target).length === 1 ? rowText(itemsOf(target)[0]) : rowText(target),
    slices: {},
    scores,
    ...(Object.keys(reasons).length === 0 ? {} : { reasons }),
    ...usage,
    ...(error === undefined
      ? { output: completionOf(output), ...(seconds === undefined ? {} : { latencyMs: seconds * 1000 }) }
      : { failure: { class: 'model', message: error } }),
  };
}

/** A single text, or a conversation of which the user's last words are the row's input. */
function inputText(input: unknown): string {
  if (!Array.isArray(input)) return rowText(input);
  const messages = input.map(fieldsOf);
  const last = messages.findLast(({ role }) => role === 'user') ?? messages.at(-1);
  return contentText(last?.['content']);
}

function contentText(content: unknown): string {
  if (!Array.isArray(content)) return rowText(content);
  return content.map(part => textFrom(fieldsOf(part)['text']) ?? '').join('');
}

function completionOf(output: Fields): string {
  const said = textFrom(output['completion']);
  if (said !== undefined) return said;
  return contentText(fieldsOf(fieldsOf(itemsOf(output['choices'])[0])['message'])['content']);
}

const letters: Readonly<Record<string, number>> = { C: 1, P: 0.5, I: 0, N: 0 };

function readScores(given: Fields, ids: ReadonlyMap<string, string>) {
  const scores: Record<string, number> = {};
  const reasons: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const { value: said, explanation } = fieldsOf(value);
    const id = ids.get(name);
    if (id === undefined) continue;
    const score = typeof said === 'string' && Object.hasOwn(letters, said) ? letters[said] : numberFrom(said);
    if (score !== undefined) scores[id] = score;
    if (typeof explanation === 'string' && explanation !== '') reasons[id] = explanation;
  }
  return { scores, reasons };
}

function sumUsage(usage: Fields): { inputTokens?: number; outputTokens?: number } {
  const models = Object.values(usage).map(fieldsOf);
  if (models.length === 0) return {};
  const sum = (name: string): number => models.reduce((total, model) => total + (countFrom(model[name]) ?? 0), 0);
  return { inputTokens: sum('input_tokens'), outputTokens: sum('output_tokens') };
}
