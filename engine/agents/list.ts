import type { AgentListInput, RunSummary } from '../../schemas/generated/messages.ts';
import { parseDocument } from '../documents/parse.ts';
import { createDocumentLibrary, type LibraryKind } from '../documents/library.ts';
import { mostBytes } from '../documents/too-large.ts';
import { countOf, formatNumber } from '../reports/format.ts';
import type { Outcome } from './answer.ts';
import type { AgentDesk } from './desk.ts';
import { plainLine } from '../base/plain-text.ts';
import { factsOf, linesOf } from './runs.ts';

/** One entry of a list, for a program, and as a line. */
interface Entry {
  readonly line: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const usualLimit = 20;
/** Runs that are looked through. */
const mostRuns = 1000;

const nouns = {
  benchmarks: ['benchmark'],
  'tuning-jobs': ['tuning job'],
  prompts: ['prompt'],
  policies: ['policy', 'policies'],
  models: ['model'],
  runs: ['run'],
} as const satisfies Record<AgentListInput['kind'], readonly [string, string?]>;

/** What there is of a kind, a page of it. */
export async function list(input: AgentListInput, desk: AgentDesk, signal: AbortSignal): Promise<Outcome> {
  const { kind, offset = 0, limit = usualLimit } = input;
  const wanted = (input.filter ?? '').toLowerCase();
  const entries = (await read(kind, desk, signal)).filter(({ line }) => line.toLowerCase().includes(wanted));
  const page = entries.slice(offset, offset + limit);
  const next = offset + page.length < entries.length ? offset + page.length : undefined;
  const [one, many] = nouns[kind] as readonly [string, string?];
  const range =
    page.length === entries.length ? '' : ` Shown: ${String(offset + 1)} to ${String(offset + page.length)}.`;
  const more = next === undefined ? '' : ` Go on with "offset": ${String(next)}.`;
  return {
    text: `${countOf(entries.length, one, many)}${wanted === '' ? '' : ' that match'}.${page.length === 0 ? '' : range}${more}`,
    data: [{ title: kind.toUpperCase(), text: page.map(({ line }) => line).join('\n') }],
    content: { kind, total: entries.length, entries: page.map(({ facts }) => facts), next },
  };
}

function read(kind: AgentListInput['kind'], desk: AgentDesk, signal: AbortSignal): Promise<Entry[]> {
  switch (kind) {
    case 'benchmarks':
      return listFiles('bench', desk, signal);
    case 'tuning-jobs':
      return listFiles('tune', desk, signal);
    case 'policies':
      return listFiles('policy', desk, signal);
    case 'prompts':
      return listPrompts(desk, signal);
    case 'models':
      return listModels(desk, signal);
    case 'runs':
      return listRuns(desk);
  }
}

/** Broken files are listed too: whoever looks for them is to mend them. */
async function listFiles(kind: LibraryKind, desk: AgentDesk, signal: AbortSignal): Promise<Entry[]> {
  const last = kind === 'policy' ? undefined : newestByFile(await desk.store.listRuns({ limit: mostRuns }));
  const documents = await createDocumentLibrary(desk.files, desk.folder).all(kind, signal);
  return documents.map(({ file, parsed }) => {
    const facts = describe(parsed.value);
    const run = last?.get(file);
    const figures = Object.entries(facts).flatMap(([name, value]) =>
      name === 'name' || value === undefined ? [] : [`${name} ${String(value)}`],
    );
    const words = [
      ...(parsed.value === undefined ? ['has errors: aiwb_validate tells them'] : figures),
      ...(run === undefined ? [] : [`last run ${run.id} ${run.state}`]),
    ];
    return {
      line: plainLine(`- ${file}${facts.name === undefined ? '' : ` (${facts.name})`}: ${words.join(', ')}`, 600),
      facts: { file, ...facts, broken: parsed.value === undefined, lastRun: run && { id: run.id, state: run.state } },
    };
  });
}

/** Fields of benchmarks, tuning jobs and policies that a list shows. */
interface Described {
  readonly name?: string;
  readonly title?: string;
  readonly id?: string;
  readonly level?: string;
  readonly base?: string;
  readonly models?: readonly string[];
  readonly prompts?: readonly string[];
  readonly dataset?: { readonly path?: string };
  readonly gate?: readonly unknown[];
  readonly controls?: readonly unknown[];
}

function describe(
  value: Described | undefined,
): { readonly name?: string } & Record<string, string | number | undefined> {
  if (value === undefined) return {};
  const { name, title, id, level, base, models, prompts, dataset, gate, controls } = value;
  return {
    name: name ?? title ?? id ?? '',
    level,
    base,
    dataset: dataset?.path,
    models: models?.slice(0, 20).join(', '),
    prompts: prompts?.length,
    gates: gate?.length,
    controls: controls?.length,
  };
}

function newestByFile(runs: readonly RunSummary[]): ReadonlyMap<string, RunSummary> {
  const newest = new Map<string, RunSummary>();
  for (const run of runs) if (!newest.has(run.file)) newest.set(run.file, run);
  return newest;
}

async function listPrompts({ files, folder }: AgentDesk, signal: AbortSignal): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const path of await files.find(folder, ['.prompt.yml', '.prompt.yaml'], signal)) {
    const file = files.relative(folder, path);
    const text = await files.readText(path, signal, mostBytes).catch(() => '');
    signal.throwIfAborted();
    const value = parseDocument('prompt', text).value;
    const words = value === undefined ? 'has errors: aiwb_validate tells them' : (value.description ?? '');
    const name = value?.name;
    entries.push({
      line: plainLine(`- ${file}${name === undefined ? '' : ` (${name})`}${words === '' ? '' : `: ${words}`}`, 600),
      facts: { file, name, description: value?.description, broken: value === undefined },
    });
  }
  return entries;
}

/** Addresses are left out: naming a model needs none. */
async function listModels(desk: AgentDesk, signal: AbortSignal): Promise<Entry[]> {
  const { models, failure } = await desk.listModels(signal);
  const entries = models.map(({ name, kind, model, description, last }): Entry => {
    const shown = kind === 'connection' ? (model ?? '') : description;
    const figure =
      last === undefined
        ? ''
        : `; last ${formatNumber(last.value, last.unit ?? 'ratio')} ${last.label} in ${last.benchmark}`;
    return {
      line: plainLine(`- ${name} (${kind}): ${shown}${figure}`, 600),
      facts: {
        name,
        kind,
        model,
        description: kind === 'connection' ? undefined : description,
        last: last && {
          runId: last.runId,
          benchmark: last.benchmark,
          label: last.label,
          value: last.value,
          unit: last.unit,
        },
      },
    };
  });
  if (failure === undefined) return entries;
  const line = `Connections cannot be read: ${failure.message}`;
  return [{ line: plainLine(line, 600), facts: { failure: failure.message } }, ...entries];
}

async function listRuns({ store }: AgentDesk): Promise<Entry[]> {
  const runs = await store.listRuns({ limit: mostRuns });
  return runs.map(run => {
    const [first = '', ...others] = linesOf(run);
    const lines = [`${first}: ${run.state}`, ...others].map(line => plainLine(line, 400));
    return { line: `- ${lines.join('\n')}`, facts: factsOf(run) };
  });
}
