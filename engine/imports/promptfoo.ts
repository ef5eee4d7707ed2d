import { WorkbenchError } from '../base/errors.ts';
import type { ImportOptions, ImportedRun, ImportedSample, ImportedScore, ImportedVariant } from './imported.ts';
import {
  countFrom,
  dateFrom,
  distinctIds,
  fieldsOf,
  itemsOf,
  numberFrom,
  optional,
  rowText,
  textFrom,
} from './values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Assertion types whose value is the expected answer. */
const comparesWithAnswer = /^(i?equals|i?contains|similar|levenshtein|rouge-n|bleu|factuality|llm-rubric)$/;

/**
 * Reads a promptfoo output file (`eval -o out.json`, versions 2 and 3 of its results). Each provider with each prompt is a variant; `pass` and
 * `score` are promptfoo's own, named scores come beside them.
 */
export function readPromptfoo(file: unknown, path: string, options: ImportOptions): ImportedRun {
  const { results, config, metadata } = fieldsOf(file);
  const body = fieldsOf(results);
  const rows = itemsOf(body['results']).map(fieldsOf);
  if (rows.length === 0) {
    throw new WorkbenchError('file-invalid', `${path} is no promptfoo output: it holds no results.`, {
      remedy: 'Write it with `promptfoo eval -o output.json`.',
      place: { path },
    });
  }
  const variants = collectVariants(rows);
  const named = [...new Set(rows.flatMap(row => Object.keys(fieldsOf(row['namedScores']))))];
  const ids = distinctIds(['pass', 'score', ...named]);
  const scores: ImportedScore[] = [
    { id: 'pass', label: 'Passed', unit: 'ratio', direction: 'higher' },
    { id: 'score', label: 'Score', unit: 'score', direction: 'higher' },
    ...named.map((name): ImportedScore => ({
      id: ids.get(name) ?? name,
      label: name,
      unit: 'score',
      direction: 'higher',
    })),
  ];
  const description = textFrom(fieldsOf(config)['description']);
  return {
    tool: 'promptfoo',
    toolVersion: textFrom(fieldsOf(metadata)['promptfooVersion']),
    name: description ?? textFrom(fieldsOf(file)['evalId']) ?? 'promptfoo',
    createdAt: dateFrom(body['timestamp']),
    dataset: description ?? 'promptfoo tests',
    variants: [...variants.values()].map(({ variant }) => variant),
    scores,
    repeats: Math.max(1, countFrom(fieldsOf(fieldsOf(config)['evaluateOptions'])['repeat']) ?? 1),
    notes: [],
    async *samples(signal) {
      const repeats = createRepeatCounter();
      for (let start = 0; start < rows.length; start += 500) {
        signal.throwIfAborted();
        yield rows.slice(start, start + 500).map(row => readRow(row, variants, ids, options, repeats));
      }
    },
  };
}

interface Placed {
  readonly index: number;
  readonly variant: ImportedVariant;
}

function collectVariants(rows: readonly Fields[]): Map<string, Placed> {
  const variants = new Map<string, Placed>();
  for (const row of rows) {
    const key = variantKey(row);
    if (variants.has(key)) continue;
    const prompt = textFrom(fieldsOf(row['prompt'])['label']) ?? textFrom(fieldsOf(row['prompt'])['raw']);
    variants.set(key, {
      index: variants.size,
      variant: {
        model: modelOf(row),
        ...(prompt === undefined ? {} : { prompt: prompt.slice(0, 200) }),
        figures: [],
        settings: { provider: row['provider'], prompt },
      },
    });
  }
  return variants;
}

function variantKey(row: Fields): string {
  return JSON.stringify([modelOf(row), row['promptIdx'] ?? fieldsOf(row['prompt'])['label']]);
}

function modelOf(row: Fields): string {
  const provider = fieldsOf(row['provider']);
  return [provider['label'], provider['id'], row['provider']].map(textFrom).find(Boolean) ?? 'unknown';
}

function readRow(
  row: Fields,
  variants: ReadonlyMap<string, Placed>,
  ids: ReadonlyMap<string, string>,
  options: ImportOptions,
  nextRepeat: (variant: number, row: number) => number,
): ImportedSample {
  const variant = variants.get(variantKey(row))?.index ?? 0;
  const index = countFrom(row['testIdx']) ?? 0;
  const grading = fieldsOf(row['gradingResult']);
  const response = fieldsOf(row['response']);
  const tokens = fieldsOf(row['tokenUsage'] ?? response['tokenUsage']);
  const scores: Record<string, number> = { pass: row['success'] === true ? 1 : 0 };
  const score = numberFrom(row['score']);
  if (score !== undefined) scores['score'] = score;
  for (const [name, value] of Object.entries(fieldsOf(row['namedScores']))) {
    const named = numberFrom(value);
    if (named !== undefined) scores[ids.get(name) ?? name] = named;
  }
  const failed =
    response['output'] === undefined && (row['failureReason'] === 2 || textFrom(row['error']) !== undefined);
  const reason = textFrom(grading['reason']);
  return {
    variant,
    row: index,
    repeat: nextRepeat(variant, index),
    input: inputOf(row, options),
    target: targetOf(row, options),
    slices: {},
    scores: failed ? {} : scores,
    ...optional('latencyMs', failed ? undefined : numberFrom(row['latencyMs'])),
    ...optional('inputTokens', positive(tokens['prompt'])),
    ...optional('outputTokens', positive(tokens['completion'])),
    ...optional('cost', positive(row['cost'])),
    ...(reason === undefined ? {} : { reasons: { score: reason } }),
    ...(failed
      ? { failure: { class: 'model', message: textFrom(row['error']) ?? 'promptfoo recorded no answer.' } }
      : { output: rowText(response['output']) }),
  };
}

/** Zero tokens and no cost is how promptfoo writes that it does not know. */
function positive(value: unknown): number | undefined {
  const number = numberFrom(value);
  return number === undefined || number <= 0 ? undefined : number;
}

/** The one variable there is, the one asked for, or all of them as JSON. */
function inputOf(row: Fields, { input, target }: ImportOptions): string {
  const vars = fieldsOf(row['vars']);
  if (input !== undefined) return rowText(vars[input]);
  const names = Object.keys(vars).filter(name => name !== target && !/^(expected|target|answer|label)$/i.test(name));
  if (names.length === 1) return rowText(vars[names[0] ?? '']);
  if (names.length === 0) return rowText(fieldsOf(row['prompt'])['raw']);
  return JSON.stringify(Object.fromEntries(names.sort().map(name => [name, vars[name]])));
}

function targetOf(row: Fields, { target }: ImportOptions): string {
  const vars = fieldsOf(row['vars']);
  if (target !== undefined) return rowText(vars[target]);
  const named = Object.keys(vars).find(name => /^(expected|target|answer|label)$/i.test(name));
  if (named !== undefined) return rowText(vars[named]);
  const expected = itemsOf(fieldsOf(row['testCase'])['assert'])
    .map(fieldsOf)
    .find(({ type }) => typeof type === 'string' && comparesWithAnswer.test(type));
  return rowText(expected?.['value']);
}

/** promptfoo lists the repeats of a test as results of the same test. */
function createRepeatCounter(): (variant: number, row: number) => number {
  const seen = new Map<string, number>();
  return (variant, row) => {
    const key = `${variant}/${row}`;
    const repeat = seen.get(key) ?? 0;
    seen.set(key, repeat + 1);
    return repeat;
  };
}
