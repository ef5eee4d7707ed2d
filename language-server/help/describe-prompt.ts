import { isScalar } from 'yaml';
import type { Benchmark, Dataset } from '../../schemas/generated/files.ts';
import { mapScalar } from '../../engine/documents/scalar-offsets.ts';
import { parseDocument, type ParsedDocument } from '../../engine/documents/parse.ts';
import { nodeAt } from '../../engine/edits/places.ts';
import { scanTemplate, type TemplateToken } from '../../engine/templates/scan-template.ts';
import type { ServerContext } from '../context.ts';
import { textOf } from '../memory/dataset-facts.ts';
import { findOpen } from '../documents.ts';
import { placeOf } from './describe-dataset.ts';
import type { PlacedHelp } from './describe-value.ts';
import { code, plain, shorten } from '../markdown.ts';
import { rowAt } from '../names/table.ts';
import { collectBenchmarks } from '../policies.ts';
import type { Spot } from '../tree.ts';
import { pathOfUri, uriOfPath } from '../uris.ts';
import { mappingOf } from '../workspace.ts';

/** Milliseconds a hover waits for a dataset that is being read for the first time. */
const patience = 500;
const mostBenchmarks = 6;

/** A benchmark that asks a prompt. */
interface PromptUser {
  readonly benchmark: Benchmark;
  readonly uri: string;
  /** Relative to the workspace folder. */
  readonly file: string;
}

/** The benchmarks of the workspace that name the prompt file at an absolute path. */
async function findUsers(
  { workspace, ports }: ServerContext,
  uri: string,
  path: string,
  signal: AbortSignal,
): Promise<readonly PromptUser[]> {
  const library = await workspace.library(uri);
  const found = await collectBenchmarks(library, signal);
  return found.flatMap(({ benchmark, path: own, file }) => {
    const folder = ports.files.parent(own);
    const names = benchmark.prompts?.some(prompt => ports.files.resolve(folder, prompt) === path) === true;
    return names ? [{ benchmark, uri: uriOfPath(own), file }] : [];
  });
}

/** What a prompt file that a benchmark names holds: its variables, its messages, and who else asks it. */
export async function describePromptFile(
  context: ServerContext,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = context.workspace.resolve(uri, name);
  const view = await context.workspace.view(uri);
  if (path === undefined || view === undefined) return undefined;
  const variables = await view.promptVariables(name, signal);
  if (variables === undefined)
    return (await view.fileFacts(name, signal)) === undefined
      ? `There is no file ${code(name)}.`
      : `Prompt file ${code(name)}, which has errors of its own.`;
  const reads = variables.length === 0 ? 'no column' : variables.slice(0, 24).map(code).join(', ');
  const users = await findUsers(context, uri, path, signal);
  const draft = await readPrompt(context, path, signal);
  const facts = [
    ...messageLines(draft),
    ...(users.length === 0
      ? []
      : [
          `Used by ${users
            .slice(0, mostBenchmarks)
            .map(({ benchmark }) => code(benchmark.name))
            .join(', ')}`,
        ]),
  ];
  const description = mappingOf(draft)['description'];
  const text = typeof description === 'string' ? `\n\n${plain(shorten(description, 400))}` : '';
  return `Prompt file ${code(name)}, reads ${reads}${text}${facts.length === 0 ? '' : `\n\n${facts.join('  \n')}`}`;
}

/** Which benchmarks of the workspace ask the prompt that is written here; absent where none does. */
export async function describeUsers(
  context: ServerContext,
  uri: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = pathOfUri(uri);
  const users = path === undefined ? [] : await findUsers(context, uri, path, signal);
  const shown = users.slice(0, 12).map(({ benchmark, file }) => `- ${code(benchmark.name)}, ${code(file)}`);
  const more = users.length - shown.length;
  return users.length === 0
    ? undefined
    : `Used by:\n\n${[...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')}`;
}

async function readPrompt({ ports, documents }: ServerContext, path: string, signal: AbortSignal): Promise<unknown> {
  const open = findOpen(documents, path);
  try {
    const text = open?.getText() ?? (await ports.files.readText(path, signal, 1024 * 1024));
    return parseDocument('prompt', text).draft;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function messageLines(draft: unknown): readonly string[] {
  const messages = mappingOf(draft)['messages'];
  if (!Array.isArray(messages)) return [];
  return (messages as unknown[]).slice(0, 4).map(message => {
    const { role, content } = mappingOf(message);
    const text = typeof content === 'string' ? plain(shorten(content.trim(), 160)) : 'text, images or sound';
    return `${typeof role === 'string' ? plain(shorten(role, 40)) : 'message'}: ${text}`;
  });
}

/** Help on a template's variable at an offset inside a prompt's text, with its place in the file; absent elsewhere. */
export async function describeVariable(
  context: ServerContext,
  uri: string,
  parsed: ParsedDocument,
  spot: Spot,
  offset: number,
  signal: AbortSignal,
): Promise<PlacedHelp | undefined> {
  const found = findToken(parsed, spot, offset);
  if (found?.token.kind !== 'variable') return undefined;
  const { token, start, end } = found;
  const path = pathOfUri(uri);
  const users = path === undefined ? [] : await findUsers(context, uri, path, signal);
  const lines: string[] = [];
  for (const user of users.slice(0, mostBenchmarks)) lines.push(await wordColumn(context, user, token.text, signal));
  const help = isOwnVariable(found.tokens, token.text)
    ? `${code(token.text)} is a variable of the template itself.`
    : users.length === 0
      ? `${code(token.text)} is taken from the column of this name. No benchmark of the workspace uses this prompt yet.`
      : `${code(token.text)} is taken from the column of this name:\n\n${lines.map(line => `- ${line}`).join('\n')}`;
  return { help, start, end };
}

async function wordColumn(
  context: ServerContext,
  { benchmark, uri }: PromptUser,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const who = code(benchmark.name);
  const dataset: Partial<Dataset> = benchmark.dataset;
  const place = placeOf(context, uri, dataset);
  const reading = place && (await context.datasets.read(place, patience));
  signal.throwIfAborted();
  if (reading === undefined) return `${who}: its dataset has not been read`;
  const role =
    name === dataset.input ? ', which is asked' : name === dataset.target ? ', which is the expected answer' : '';
  const known = reading.columns.some(column => column.name === name);
  if (!known) {
    const own = reading.columns.slice(0, 8).map(column => code(column.name));
    return `${who}: ${code(dataset.path)} has no such column${own.length === 0 ? '' : `; it has ${own.join(', ')}${reading.columns.length > 8 ? ', …' : ''}`}`;
  }
  const value = textOf(reading.first?.[name]);
  const example = value === undefined ? '' : `, such as ${code(shorten(value, 80))}`;
  return `${who}: ${code(dataset.path)}${role}${example}`;
}

/** Names that `for` and `set` make. */
function isOwnVariable(tokens: readonly TemplateToken[], name: string): boolean {
  return (
    tokens.some(({ kind, text }, index) => {
      if (kind !== 'variable' || text !== name) return false;
      const before = tokens.slice(Math.max(0, index - 6), index);
      const keyword = before.findLast(token => token.kind === 'keyword' || token.kind === 'delimiter');
      return keyword?.kind === 'keyword' && (keyword.text === 'for' || keyword.text === 'set');
    }) || name === 'loop'
  );
}

interface FoundToken {
  readonly token: TemplateToken;
  readonly tokens: readonly TemplateToken[];
  readonly start: number;
  readonly end: number;
}

/** The piece of a template at an offset, with its place in the file. */
function findToken(parsed: ParsedDocument, { path, part }: Spot, offset: number): FoundToken | undefined {
  const isTemplate = rowAt(parsed.kind, path, 'value')?.names === 'variable';
  const scalar = part === 'value' && isTemplate ? nodeAt(parsed, path) : undefined;
  if (!isScalar(scalar) || typeof scalar.value !== 'string') return undefined;
  const offsets = mapScalar(parsed.text, scalar);
  if (offsets === undefined) return undefined;
  const tokens = scanTemplate(scalar.value);
  for (const token of tokens) {
    const start = offsets[token.start];
    const end = offsets[token.end];
    if (start === undefined || end === undefined) continue;
    if (start <= offset && offset <= end && token.kind === 'variable') return { token, tokens, start, end };
  }
  return undefined;
}
