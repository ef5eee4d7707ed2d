import { stringify } from 'yaml';
import { countFrom, fieldsOf, itemsOf, numberFrom, textFrom } from '../imports/values.ts';
import { fileName, type Converted } from './converted.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Converts an lm-evaluation-harness task file. Templates become a prompt file, the fields they name the dataset's columns; a dataset on the
 * Hugging Face hub is expected as a folder, because nothing is downloaded here.
 */
export function convertLmEvalTask(task: Fields): Converted {
  const notes: string[] = [];
  const name = textFrom(task['task']) ?? 'task';
  const slug = fileName(name);
  const asked = askedOf(task, notes);
  const promptPath = `prompts/${slug}.prompt.yml`;
  const benchmark = {
    name,
    dataset: datasetOf(task, asked.column, notes),
    ...(asked.template === undefined ? {} : { prompts: [promptPath] }),
    models: ['model'],
    metrics: metricsOf(task, notes),
    ...repeatsOf(task),
  };
  const parameters = parametersOf(task);
  notes.push('Name your own connections under `models`; `model` stands for the first.');
  if ((countFrom(task['num_fewshot']) ?? 0) > 0)
    notes.push('Few-shot examples were not carried over: write them into the prompt as earlier turns.');
  const prompt = {
    name,
    ...(parameters === undefined ? {} : { modelParameters: parameters }),
    messages: promptMessages(task, asked.template ?? ''),
  };
  return {
    files: [
      { path: `${slug}.bench.yaml`, text: stringify(benchmark) },
      ...(asked.template === undefined ? [] : [{ path: promptPath, text: stringify(prompt) }]),
    ],
    notes,
  };
}

interface Asked {
  readonly column: string;
  readonly template: string | undefined;
}

const singleVariable = /^\{\{\s*([A-Za-z_]\w*)\s*\}\}$/;

function askedOf(task: Fields, notes: string[]): Asked {
  const text = textFrom(task['doc_to_text']);
  if (text === undefined || isFunction(text)) {
    notes.push(
      '`doc_to_text` is a Python function and was not carried over: set `dataset.input` and write the prompt.',
    );
    return { column: 'question', template: undefined };
  }
  const single = singleVariable.exec(text)?.[1];
  if (single !== undefined) return { column: single, template: undefined };
  if (!text.includes('{{')) return { column: text, template: undefined };
  const first = /\{\{\s*([A-Za-z_]\w*)/.exec(text)?.[1] ?? 'question';
  return { column: first, template: text };
}

function promptMessages(task: Fields, template: string): { role: string; content: string }[] {
  const description = textFrom(task['description'])?.trim() ?? '';
  return [
    ...(description === '' ? [] : [{ role: 'system', content: description }]),
    { role: 'user', content: template },
  ];
}

function isFunction(value: string): boolean {
  return value.startsWith('!function') || /^(utils|preprocess)\w*\.\w+$/.test(value);
}

function datasetOf(task: Fields, input: string, notes: string[]): Fields {
  const target = columnOf(task['doc_to_target']);
  if (target === undefined)
    notes.push('`doc_to_target` is more than a column and was not carried over: set `dataset.target`.');
  const choices = task['doc_to_choice'];
  const choiceColumn = columnOf(choices);
  const options = Array.isArray(choices) ? choices.map(String) : choiceColumn;
  const split = textFrom(task['test_split']) ?? textFrom(task['validation_split']);
  const { path, isFile } = dataPath(task, split, notes);
  const config = textFrom(task['dataset_name']);
  return {
    path,
    ...(config === undefined || isFile ? {} : { config }),
    input,
    target: target ?? 'target',
    ...(options === undefined ? {} : { choices: options }),
    ...(split === undefined || isFile ? {} : { split: { test: split } }),
  };
}

/** A column's name, written as it is or as the only variable of a template. */
function columnOf(value: unknown): string | undefined {
  const text = textFrom(value);
  if (text === undefined || isFunction(text)) return undefined;
  const single = singleVariable.exec(text.trim())?.[1];
  return single ?? (/^[A-Za-z_]\w*$/.test(text) ? text : undefined);
}

function dataPath(task: Fields, split: string | undefined, notes: string[]): { path: string; isFile: boolean } {
  const source = textFrom(task['dataset_path']) ?? 'data';
  const files = fieldsOf(fieldsOf(task['dataset_kwargs'])['data_files']);
  const file = textFrom(split === undefined ? undefined : files[split]) ?? textFrom(Object.values(files)[0]);
  if (file !== undefined && !/^https?:/.test(file)) return { path: file, isFile: true };
  const path = `data/${fileName(source)}`;
  notes.push(`Put the dataset ${source} into ${path}: a folder in the Hugging Face layout, as its repository has it.`);
  return { path, isFile: false };
}

function metricsOf(task: Fields, notes: string[]): unknown[] {
  const extract = extractOf(task, notes);
  const listed = itemsOf(task['metric_list']).map(fieldsOf);
  const isChoice = textFrom(task['output_type']) === 'multiple_choice';
  const metrics = listed.flatMap(metric => metricOf(metric, extract, notes));
  if (metrics.length === 0) metrics.push(isChoice ? 'multiple-choice' : 'exact-match');
  const distinct = new Map(
    metrics.map(metric => [typeof metric === 'string' ? metric : Object.keys(metric)[0], metric]),
  );
  return [...distinct.values(), 'latency', 'cost'];
}

type MetricEntry = string | Record<string, unknown>;

function metricOf(metric: Fields, extract: Fields | undefined, notes: string[]): MetricEntry[] {
  const name = textFrom(metric['metric']) ?? '';
  switch (name) {
    case 'acc':
    case 'acc_norm':
    case 'acc_bytes':
      return ['multiple-choice'];
    case 'exact_match':
      return [exactMatch(metric, extract)];
    case 'f1':
      return ['f1'];
    case 'mcc':
    case 'bleu':
    case 'chrf':
    case 'ter':
      return [name];
    case 'rouge1':
    case 'rouge2':
    case 'rougeL':
    case 'rougeLsum':
      return ['rouge'];
    case 'wer':
    case 'cer':
      return [name];
    default:
      notes.push(`The metric \`${name || 'without a name'}\` has no equal here and was left out.`);
      return [];
  }
}

function exactMatch(metric: Fields, extract: Fields | undefined): MetricEntry {
  const ignored = itemsOf(metric['regexes_to_ignore']).filter(item => typeof item === 'string');
  const parameters = {
    ...(extract === undefined ? {} : { extract }),
    ...(ignored.length === 0 ? {} : { regexesToIgnore: ignored }),
    ...(metric['ignore_case'] === true ? { ignoreCase: true } : {}),
    ...(metric['ignore_punctuation'] === true ? { ignorePunctuation: true } : {}),
    ...(metric['ignore_numbers'] === true ? { ignoreNumbers: true } : {}),
  };
  return Object.keys(parameters).length === 0 ? 'exact-match' : { 'exact-match': parameters };
}

/** The first regex filter; a task with several has them compared, which is one benchmark each here. */
function extractOf(task: Fields, notes: string[]): Fields | undefined {
  const filters = itemsOf(task['filter_list']).map(fieldsOf);
  if (filters.length > 1) notes.push(`Of ${filters.length} filters the first was carried over.`);
  for (const step of itemsOf(filters[0]?.['filter']).map(fieldsOf)) {
    if (step['function'] !== 'regex') continue;
    const pattern = textFrom(step['regex_pattern']);
    if (pattern === undefined) continue;
    return { regex: pattern, select: (numberFrom(step['group_select']) ?? 0) < 0 ? 'last' : 'first' };
  }
  return undefined;
}

function parametersOf(task: Fields): Fields | undefined {
  const generation = fieldsOf(task['generation_kwargs']);
  const stop = [...itemsOf(generation['until']), generation['until']].filter(item => typeof item === 'string');
  const maxTokens = countFrom(generation['max_gen_toks'] ?? generation['max_tokens']);
  const temperature = generation['do_sample'] === false ? 0 : numberFrom(generation['temperature']);
  const parameters = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined || maxTokens < 1 ? {} : { maxTokens }),
    ...(stop.length === 0 ? {} : { stop: stop.slice(0, 16) }),
  };
  return Object.keys(parameters).length === 0 ? undefined : parameters;
}

function repeatsOf(task: Fields): Fields {
  const repeats = countFrom(task['repeats']) ?? 1;
  return repeats > 1 ? { repeats: Math.min(repeats, 1000) } : {};
}
