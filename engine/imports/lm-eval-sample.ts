import type { ImportedSample, ImportOptions } from './imported.ts';
import { countFrom, fieldsOf, itemsOf, numberFrom, rowText, textFrom } from './values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that tasks usually keep their question in. */
const usualInputs = ['question', 'query', 'input', 'text', 'sentence', 'prompt', 'instruction', 'goal', 'ctx'];

/** One line of a samples file. `idOf` names the score of a metric under a filter; metrics it does not know are left out. */
export function readLmEvalSample(
  line: Fields,
  row: number,
  slices: Readonly<Record<string, string>>,
  idOf: (metric: string, filter: string) => string | undefined,
  options: ImportOptions,
): ImportedSample {
  const doc = fieldsOf(line['doc']);
  const requests = requestsOf(line['arguments']);
  const filter = textFrom(line['filter']) ?? 'none';
  const scores: Record<string, number> = {};
  for (const metric of itemsOf(line['metrics'])) {
    const id = idOf(rowText(metric), filter);
    const score = numberFrom(line[rowText(metric)]);
    if (id !== undefined && score !== undefined) scores[id] = score;
  }
  return {
    variant: 0,
    row,
    repeat: 0,
    input: inputOf(doc, requests, options),
    target: targetOf(line, doc, requests, options),
    slices,
    output: outputOf(line, requests),
    scores,
  };
}

interface Request {
  readonly context: string;
  /** The choice whose likelihood was asked for; undefined of generated answers. */
  readonly continuation: string | undefined;
}

/** `{gen_args_0: {arg_0, arg_1}}` since 0.4.3, lists of arguments before. */
function requestsOf(value: unknown): Request[] {
  const lists = Array.isArray(value)
    ? value.map(itemsOf)
    : Object.values(fieldsOf(value)).map(request => [fieldsOf(request)['arg_0'], fieldsOf(request)['arg_1']]);
  return lists.map(([context, second]) => ({ context: rowText(context), continuation: textFrom(second) }));
}

function inputOf(doc: Fields, requests: readonly Request[], { input }: ImportOptions): string {
  if (input !== undefined) return rowText(doc[input]);
  const named = usualInputs.find(name => typeof doc[name] === 'string');
  return named === undefined ? (requests[0]?.context ?? JSON.stringify(doc)) : rowText(doc[named]);
}

/** The target of a multiple-choice row is a choice's number, or its text. */
function targetOf(line: Fields, doc: Fields, requests: readonly Request[], { target }: ImportOptions): string {
  if (target !== undefined) return rowText(doc[target]);
  const given = line['target'];
  const choices = choicesOf(requests);
  const index = choices.length > 1 ? countFrom(given) : undefined;
  return (index === undefined ? undefined : choices[index]) ?? rowText(given);
}

function choicesOf(requests: readonly Request[]): string[] {
  return requests.flatMap(({ continuation }) => (continuation === undefined ? [] : [continuation.trim()]));
}

/** The generated text, or the choice with the highest likelihood (the first of equal ones, as lm-eval takes it). */
function outputOf(line: Fields, requests: readonly Request[]): string {
  const filtered = itemsOf(line['filtered_resps']);
  const likelihoods = filtered.map(response => numberFrom(itemsOf(response)[0]));
  const choices = choicesOf(requests);
  if (choices.length > 1 && likelihoods.length >= choices.length) {
    let best = 0;
    for (let index = 1; index < choices.length; index++) {
      if ((likelihoods[index] ?? -Infinity) > (likelihoods[best] ?? -Infinity)) best = index;
    }
    return choices[best] ?? '';
  }
  const first = filtered[0];
  return rowText(Array.isArray(first) ? first[0] : first);
}
