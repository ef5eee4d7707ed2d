import { fieldsOf, itemsOf, rowText, textFrom } from '../imports/values.ts';

type Fields = Readonly<Record<string, unknown>>;
type MetricEntry = string | Record<string, unknown>;

/** Metrics that stand for a configuration's assertions, and the rows of its tests with what they expect. */
export interface ConvertedTests {
  readonly metrics: readonly MetricEntry[];
  readonly rows: readonly Fields[];
}

/** How an assertion that compares with a value of its own test becomes a metric over the target column. */
const comparing: Readonly<Record<string, MetricEntry>> = {
  equals: 'exact-match',
  'starts-with': { regex: { name: 'starts-with', pattern: '^{{target}}' } },
  contains: { regex: { name: 'contains', pattern: '{{target}}' } },
  icontains: { regex: { name: 'icontains', pattern: '{{target}}', ignoreCase: true } },
  'rouge-n': 'rouge',
  bleu: 'bleu',
  'is-valid-openai-tools-call': 'tool-call',
};

const neverComparable = new Set(['javascript', 'python', 'ruby', 'webhook']);

/**
 * Each kind of assertion becomes one metric. A benchmark has one target column, so the value of a test's first comparing assertion
 * becomes `expected`; further ones of other kinds are told in the notes.
 */
export function convertAssertions(tests: readonly Fields[], shared: Fields, notes: string[]): ConvertedTests {
  const metrics = new Map<string, MetricEntry>();
  const untold = new Set<string>();
  const add = (assertion: Fields): void => {
    const type = textFrom(assertion['type']) ?? '';
    const metric = metricOf(type, assertion);
    if (metric === undefined) untold.add(type);
    else if (!metrics.has(keyOf(metric))) metrics.set(keyOf(metric), nameApart(metric, [...metrics.values()]));
  };
  for (const assertion of itemsOf(shared['assert'])) add(fieldsOf(assertion));
  const rows = tests.map(test => {
    const assertions = itemsOf(test['assert']).map(fieldsOf);
    for (const assertion of assertions) add(assertion);
    const expected = assertions.find(({ type }) => typeof type === 'string' && Object.hasOwn(comparing, plain(type)));
    const slices = Object.entries(fieldsOf(test['metadata'])).filter(([, value]) => typeof value === 'string');
    return {
      ...Object.fromEntries(slices),
      ...fieldsOf(test['vars']),
      ...(expected === undefined ? {} : { expected: rowText(expected['value']) }),
    };
  });
  for (const type of untold) notes.push(explain(type));
  if (tests.some(test => countComparing(test) > 1))
    notes.push('Some tests compare with several values: the first of each became `expected`.');
  return { metrics: metrics.size === 0 ? ['exact-match'] : [...metrics.values()], rows };
}

function countComparing(test: Fields): number {
  const values = itemsOf(test['assert'])
    .map(fieldsOf)
    .filter(({ type }) => typeof type === 'string' && Object.hasOwn(comparing, plain(type)))
    .map(({ value }) => rowText(value));
  return new Set(values).size;
}

function plain(type: string): string {
  return type.startsWith('not-') ? type.slice(4) : type;
}

function metricOf(type: string, assertion: Fields): MetricEntry | undefined {
  const known = Object.hasOwn(comparing, plain(type)) ? comparing[plain(type)] : undefined;
  if (known !== undefined) return type.startsWith('not-') ? forbid(known) : known;
  switch (type) {
    case 'regex':
      return { regex: { name: 'regex', pattern: rowText(assertion['value']).slice(0, 500) || '.' } };
    case 'is-json':
    case 'contains-json':
      return {
        'json-schema': { schema: schemaOf(assertion['value']), ...(type === 'is-json' ? {} : { extract: true }) },
      };
    case 'llm-rubric':
    case 'g-eval':
      return {
        judge: { criteria: rowText(assertion['value']).slice(0, 20_000) || 'The answer is right.', passFail: true },
      };
    case 'factuality':
    case 'model-graded-factuality':
      return {
        judge: {
          criteria: 'The answer states the same facts as the expected answer.',
          reference: true,
          passFail: true,
        },
      };
    case 'levenshtein':
      return 'cer';
    case 'similar':
      return undefined;
    default:
      return undefined;
  }
}

/** `{}` allows any JSON. */
function schemaOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? value : {};
}

function forbid(metric: MetricEntry): MetricEntry | undefined {
  if (typeof metric === 'string') return undefined;
  const regex = metric['regex'];
  return regex === undefined
    ? undefined
    : { regex: { ...fieldsOf(regex), name: `not-${String(fieldsOf(regex)['name'])}`, forbidden: true } };
}

/** A metric's second of a kind gets a name with a number, because figures are told apart by name. */
function nameApart(metric: MetricEntry, taken: readonly MetricEntry[]): MetricEntry {
  const ids = new Set(taken.map(idOf));
  const id = idOf(metric);
  if (!ids.has(id) || typeof metric === 'string') return metric;
  const [kind = '', parameters] = Object.entries(metric)[0] ?? [];
  let next = 2;
  while (ids.has(`${id}-${next}`)) next += 1;
  return { [kind]: { ...fieldsOf(parameters), name: `${id}-${next}` } };
}

function idOf(metric: MetricEntry): string {
  if (typeof metric === 'string') return metric;
  const [kind = '', parameters] = Object.entries(metric)[0] ?? [];
  return textFrom(fieldsOf(parameters)['name']) ?? kind;
}

/** Judges and patterns of one kind are told apart by what they say. */
function keyOf(metric: MetricEntry): string {
  return JSON.stringify(metric);
}

function explain(type: string): string {
  if (type === 'similar')
    return '`similar` needs an embedding connection: add `{similarity: {model: NAME}}` to `metrics`.';
  if (type === 'latency') return '`latency` is measured anyway: put its threshold into `gate`.';
  if (type === 'cost') return '`cost` is measured anyway: put its threshold into `gate`.';
  if (neverComparable.has(type))
    return `\`${type}\` assertions are code: make a program of them and name it as a \`custom\` metric.`;
  return `The assertion \`${type}\` has no equal here and was left out.`;
}
