import { stringify } from 'yaml';
import { countFrom, fieldsOf, itemsOf, numberFrom, rowText, textFrom } from '../imports/values.ts';
import { fileName, type Converted, type ConvertedFile } from './converted.ts';
import { convertAssertions } from './promptfoo-assertions.ts';
import { convertProviders } from './promptfoo-providers.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Converts a promptfoo configuration: prompts become prompt files, tests a dataset, assertions metrics, providers connections in a
 * `workbench.yaml`. `readFile` gives the text of a `file://` reference, undefined where there is none.
 */
export async function convertPromptfoo(
  config: Fields,
  name: string,
  readFile: (path: string) => Promise<string | undefined>,
): Promise<Converted> {
  const notes: string[] = [];
  const title = textFrom(config['description']) ?? name;
  const slug = fileName(title);
  const prompts = await convertPrompts(config['prompts'], readFile, notes);
  const tests = await readTests(config, notes);
  const { metrics, rows } = convertAssertions(tests, fieldsOf(config['defaultTest']), notes);
  const { connections, models } = convertProviders(itemsOf(config['providers'] ?? config['targets']), notes);
  const input = inputColumn(rows);
  const benchmark = {
    name: title.slice(0, 120),
    dataset: {
      path: `data/${slug}.jsonl`,
      input,
      ...(rows.some(row => Object.hasOwn(row, 'expected')) ? { target: 'expected' } : {}),
    },
    prompts: prompts.map(({ path }) => path),
    models: models.length === 0 ? ['model'] : models,
    metrics: [...metrics, 'latency', 'cost'],
    ...runningOf(fieldsOf(config['evaluateOptions'])),
  };
  return {
    files: [
      { path: `${slug}.bench.yaml`, text: stringify(benchmark) },
      { path: `data/${slug}.jsonl`, text: rows.map(row => `${JSON.stringify(row)}\n`).join('') },
      ...prompts,
      ...(Object.keys(connections).length === 0 ? [] : [{ path: 'workbench.yaml', text: stringify({ connections }) }]),
    ],
    notes,
  };
}

/** Tests with the variables of `defaultTest` and of scenarios filled in. */
async function readTests(config: Fields, notes: string[]): Promise<readonly Fields[]> {
  const listed = config['tests'];
  if (typeof listed === 'string') {
    notes.push(`The tests lie in ${listed}: name that file as \`dataset.path\` when it is CSV or JSONL.`);
    return [];
  }
  const shared = fieldsOf(fieldsOf(config['defaultTest'])['vars']);
  return itemsOf(listed).flatMap(test => {
    if (typeof test === 'string') {
      notes.push(`Tests of ${test} were not carried over.`);
      return [];
    }
    const fields = fieldsOf(test);
    return [{ ...fields, vars: { ...shared, ...fieldsOf(fields['vars']) } }];
  });
}

/** The variable whose texts differ most is what is asked; any will do, since prompts read them all. */
function inputColumn(rows: readonly Fields[]): string {
  let best = 'input';
  let most = -1;
  const columns = new Set(rows.flatMap(row => Object.keys(row)));
  columns.delete('expected');
  for (const column of columns) {
    const distinct = new Set(rows.map(row => rowText(row[column]))).size;
    if (distinct > most) [best, most] = [column, distinct];
  }
  return best;
}

async function convertPrompts(
  value: unknown,
  readFile: (path: string) => Promise<string | undefined>,
  notes: string[],
): Promise<readonly ConvertedFile[]> {
  const prompts: ConvertedFile[] = [];
  for (const [index, prompt] of (Array.isArray(value) ? value : [value]).entries()) {
    const fields = fieldsOf(prompt);
    const given = textFrom(prompt) ?? textFrom(fields['raw']) ?? textFrom(fields['id']);
    if (given === undefined) continue;
    const text = await readPrompt(given, readFile, notes);
    if (text === undefined) continue;
    const label = textFrom(fields['label']) ?? `prompt-${index + 1}`;
    const path = `prompts/${fileName(label)}.prompt.yml`;
    prompts.push({ path: distinct(path, prompts), text: stringify({ name: label, messages: messagesOf(text) }) });
  }
  return prompts;
}

function distinct(path: string, taken: readonly ConvertedFile[]): string {
  let candidate = path;
  for (let next = 2; taken.some(file => file.path === candidate); next++)
    candidate = path.replace('.prompt.yml', `-${next}.prompt.yml`);
  return candidate;
}

async function readPrompt(
  given: string,
  readFile: (path: string) => Promise<string | undefined>,
  notes: string[],
): Promise<string | undefined> {
  const file = given.startsWith('file://')
    ? given.slice(7)
    : /^[\w./-]+\.(txt|json|md)$/.test(given)
      ? given
      : undefined;
  if (file === undefined) return given;
  if (/\.(py|js|mjs|cjs|ts)(:|$)/.test(file)) {
    notes.push(`The prompt ${file} is a program and was not carried over.`);
    return undefined;
  }
  const text = await readFile(file);
  if (text === undefined) notes.push(`The prompt file ${file} was not found.`);
  return text;
}

/** A JSON list of chat messages, or one user message. Nunjucks placeholders read the same in Jinja. */
function messagesOf(text: string): { role: string; content: string }[] {
  if (/^\s*\[/.test(text)) {
    try {
      const messages = itemsOf(JSON.parse(text)).map(fieldsOf);
      const roles = new Set(['system', 'user', 'assistant']);
      const chat = messages.map(({ role, content }) => ({
        role: typeof role === 'string' && roles.has(role) ? role : 'user',
        content: rowText(content),
      }));
      if (chat.length > 0) return chat;
    } catch {
      // Not JSON after all: brackets are how the text begins.
    }
  }
  return [{ role: 'user', content: text.replace(/\n$/, '') }];
}

function runningOf(options: Fields): Fields {
  const concurrency = countFrom(options['maxConcurrency']);
  const repeats = countFrom(options['repeat']) ?? 1;
  const timeout = numberFrom(options['timeoutMs']);
  const limits = {
    ...(concurrency === undefined || concurrency < 1 ? {} : { concurrency: Math.min(concurrency, 4096) }),
    ...(timeout === undefined || timeout <= 0 ? {} : { timeout: `${Math.ceil(timeout / 1000)}s` }),
  };
  return {
    ...(repeats > 1 ? { repeats: Math.min(repeats, 1000) } : {}),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}
