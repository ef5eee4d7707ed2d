import { stringify } from 'yaml';
import { fieldsOf, itemsOf, rowText, scoreId, textFrom } from '../imports/values.ts';
import { connectionName, fileName, type Converted } from './converted.ts';

type Fields = Readonly<Record<string, unknown>>;
type MetricEntry = string | Record<string, unknown>;

/** Whether a prompt file carries test rows or evaluators, as GitHub Models has them. */
export function hasTestData(prompt: Fields): boolean {
  return Array.isArray(prompt['testData']) || Array.isArray(prompt['evaluators']);
}

/**
 * The test rows and evaluators of a prompt file of GitHub Models as a benchmark with its dataset. Paths are relative to the prompt's folder;
 * `promptPath` is the prompt's own, `name` what the benchmark is called.
 */
export function convertTestData(prompt: Fields, promptPath: string, name: string): Converted {
  const notes: string[] = [];
  const slug = fileName(name);
  const rows = itemsOf(prompt['testData'])
    .map(fieldsOf)
    .filter(row => Object.keys(row).length > 0);
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
  const target = ['expected', 'expectedOutput', 'target', 'output'].find(column => columns.includes(column));
  const input = columns.includes('input') ? 'input' : (columns.find(column => column !== target) ?? 'input');
  const evaluators = itemsOf(prompt['evaluators']).map(fieldsOf);
  const metrics = distinctMetrics(evaluators.flatMap(evaluator => metricOf(evaluator, target, notes)));
  const model = textFrom(prompt['model']);
  const hasModel = model !== undefined && model !== '';
  if (!hasModel) notes.push('Name your own connections under `models`; `model` stands for the first.');
  const benchmark = {
    name: name.slice(0, 120),
    dataset: { path: `data/${slug}.jsonl`, input, ...(target === undefined ? {} : { target }) },
    prompts: [promptPath],
    models: [hasModel ? connectionName(model) : 'model'],
    metrics: [...(metrics.length === 0 && target !== undefined ? ['exact-match'] : metrics), 'latency', 'cost'],
  };
  const comments = notes.map(note => `# ${note.replace(/[\r\n]+/g, ' ')}\n`).join('');
  return {
    files: [
      { path: `${slug}.bench.yaml`, text: comments + stringify(benchmark, { lineWidth: 0 }) },
      { path: `data/${slug}.jsonl`, text: rows.map(row => `${JSON.stringify(row)}\n`).join('') },
    ],
    notes,
  };
}

function metricOf(evaluator: Fields, target: string | undefined, notes: string[]): MetricEntry[] {
  const name = textFrom(evaluator['name']) ?? textFrom(evaluator['uses']) ?? 'evaluator';
  const found = Object.entries(fieldsOf(evaluator['string'])).flatMap(([operation, value]) =>
    compareText(operation, rowText(value), target, name),
  );
  if (found.length > 0) return found;
  const { prompt, systemPrompt } = fieldsOf(evaluator['llm']);
  const criteria = [textFrom(systemPrompt), textFrom(prompt)].filter(text => text !== undefined).join('\n\n');
  if (criteria !== '') {
    notes.push(`\`${name}\` became a judge: take out of its criteria what asks for a form of the answer.`);
    return [{ judge: { name: scoreId(name), criteria: criteria.slice(0, 20_000) } }];
  }
  notes.push(`The evaluator \`${name}\` has no equal here and was left out.`);
  return [];
}

const ofTarget = /^\s*\{\{\s*(expected|expectedOutput|target|output)\s*\}\}\s*$/;

/** A literal is taken as it is; the expected answer by the place it has in patterns. */
function compareText(operation: string, value: string, target: string | undefined, name: string): MetricEntry[] {
  const isTarget = target !== undefined && ofTarget.test(value);
  const text = isTarget ? '{{target}}' : value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  switch (operation) {
    case 'equals':
      return isTarget ? ['exact-match'] : [regex(name, text, 'matches')];
    case 'contains':
      return [regex(name, text)];
    case 'startsWith':
      return [regex(name, `^${text}`)];
    case 'endsWith':
      return [regex(name, `${text}$`)];
    default:
      return [];
  }
}

function regex(name: string, pattern: string, mode?: string): MetricEntry {
  return { regex: { name: scoreId(name), pattern: pattern.slice(0, 500), ...(mode === undefined ? {} : { mode }) } };
}

/** Figures are told apart by name. */
function distinctMetrics(metrics: readonly MetricEntry[]): readonly MetricEntry[] {
  const taken = new Map<string, MetricEntry>();
  for (const metric of metrics) {
    const [kind = '', parameters] = typeof metric === 'string' ? [metric] : (Object.entries(metric)[0] ?? []);
    const name = textFrom(fieldsOf(parameters)['name']) ?? kind;
    let free = name;
    for (let number = 2; taken.has(free) && typeof metric !== 'string'; number++)
      free = `${name.slice(0, 36)}-${number}`;
    taken.set(free, typeof metric === 'string' ? metric : { [kind]: { ...fieldsOf(parameters), name: free } });
  }
  return [...taken.values()];
}
