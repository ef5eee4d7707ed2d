import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Dataset } from '../../schemas/generated/files.ts';
import { judgeVariables } from '../../engine/diagnostics/benchmark-prompt-checks.ts';
import { isPromptKind, type DocumentKind } from '../../engine/documents/kinds.ts';
import type { TemplateToken } from '../../engine/templates/scan-template.ts';
import { scanTemplate } from '../../engine/templates/scan-template.ts';
import type { Describe } from './list.ts';
import type { ServerContext } from '../context.ts';
import type { TextAround } from './cursor.ts';
import { columnsOf } from '../help/describe.ts';
import { code } from '../markdown.ts';
import { givenToConnections } from '../names/rules.ts';
import { useOfPrompt } from '../prompt-use.ts';
import { pathOfUri, uriOfPath } from '../uris.ts';
import { mappingOf, type Workspace } from '../workspace.ts';
import { kindOfDocument } from '../documents.ts';

/** A name that a template can read. */
export interface TemplateName {
  readonly name: string;
  readonly detail: string;
  readonly describe?: Describe;
}

/** Datasets that are looked at, so that a large workspace costs no more than a small one. */
const mostDatasets = 10;
const mostNames = 200;

const isName = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);

/** What a `judge` fills its prompt with. */
const judged: readonly TemplateName[] = judgeVariables.map(name => ({
  name,
  detail: 'filled in by the judge',
}));
/** What a connection over HTTP has beside the row's columns. */
const asked: readonly TemplateName[] = givenToConnections.map(name => ({
  name,
  detail: 'filled in with each request',
}));

/** Names in scope at the end of `tokens`: of loops and assignments, of the rows, and those read elsewhere in the text. */
export async function offerTemplateNames(
  context: ServerContext,
  document: TextDocument,
  kind: DocumentKind,
  tokens: readonly TemplateToken[],
  around: TextAround,
  signal: AbortSignal,
): Promise<readonly TemplateName[]> {
  const own = namesInScope(tokens);
  const users = isPromptKind(kind) ? await findUsers(context, document, signal) : undefined;
  const given = users === undefined ? asked : users.isJudge ? judged : [];
  const datasets = users?.datasets ?? (await allDatasets(context, document, signal));
  const columns = await namesOfColumns(context, datasets, signal);
  const all = new Map<string, TemplateName>();
  for (const found of [...own, ...given, ...columns, ...namesRead(around)]) {
    if (!all.has(found.name) && isName(found.name)) all.set(found.name, found);
  }
  return [...all.values()].slice(0, mostNames);
}

/** What `for` and `set` before the place name; a loop's names end with it. */
function namesInScope(tokens: readonly TemplateToken[]): readonly TemplateName[] {
  const loops: TemplateName[][] = [];
  const names: TemplateName[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'keyword' || tokens[index - 1]?.kind !== 'delimiter') continue;
    if (token.text === 'endfor') loops.pop();
    else if (token.text === 'set' && tokens[index + 1]?.kind === 'variable')
      names.push({ name: tokens[index + 1]?.text ?? '', detail: 'set in this template' });
    else if (token.text === 'for') {
      const until = tokens.findIndex(({ text }, at) => at > index && text === 'in');
      const bound = tokens.slice(index + 1, until < 0 ? index + 1 : until).filter(({ kind }) => kind === 'variable');
      // While the loop's own head is written, its names are not there yet.
      const isHead = tokens.findIndex(({ kind }, at) => at > index && kind === 'delimiter') < 0;
      if (!isHead)
        loops.push([
          ...bound.map(({ text }) => ({ name: text, detail: 'of this loop' })),
          { name: 'loop', detail: 'index, first, last' },
        ]);
    }
  }
  return [...loops.reverse().flat(), ...names];
}

/** Names that other placeholders of the same text read. */
function namesRead({ before, after }: TextAround): readonly TemplateName[] {
  return [...scanTemplate(before).slice(0, -1), ...scanTemplate(after)]
    .filter(({ kind }) => kind === 'variable')
    .map(({ text }) => ({ name: text, detail: 'read elsewhere in this text' }));
}

interface NamedDataset {
  readonly uri: () => string;
  /** Where its path starts. */
  readonly folder: string;
  readonly dataset: Partial<Dataset>;
  /** The benchmark's name or file. */
  readonly of: string;
}

interface Users {
  readonly datasets: readonly NamedDataset[];
  readonly isJudge: boolean;
}

/** The datasets of the benchmarks that use a prompt; of all where none says so, as in a notebook or before there is one. */
async function findUsers(context: ServerContext, document: TextDocument, signal: AbortSignal): Promise<Users> {
  const path = pathOfUri(document.uri);
  const isCell = document.uri.startsWith('vscode-notebook-cell:');
  const all = await allDrafts(context, document, signal);
  const { files } = context.ports;
  const uses = all.map(one => useOfPrompt(one.draft, prompt => files.resolve(one.folder, prompt) === path));
  const asking = isCell ? [] : all.filter((_, index) => uses[index]?.asks);
  const isJudge = uses.some(({ judges }) => judges);
  const chosen = asking.length > 0 || isJudge ? asking : all;
  return { datasets: chosen.map(toDataset), isJudge };
}

async function allDatasets(
  context: ServerContext,
  document: TextDocument,
  signal: AbortSignal,
): Promise<readonly NamedDataset[]> {
  return (await allDrafts(context, document, signal)).map(toDataset);
}

interface Draft {
  /** Made only for those that are looked at further. */
  readonly uri: () => string;
  readonly folder: string;
  readonly file: string;
  readonly draft: Readonly<Record<string, unknown>>;
}

/** The benchmarks of the same notebook first, then those of the workspace. */
async function allDrafts(
  { workspace, documents, parsed, ports }: ServerContext,
  document: TextDocument,
  signal: AbortSignal,
): Promise<readonly Draft[]> {
  const path = pathOfUri(document.uri);
  const cells = documents
    .all()
    .filter(
      other =>
        other.uri.startsWith('vscode-notebook-cell:') &&
        kindOfDocument(other) === 'bench' &&
        path !== undefined &&
        pathOfUri(other.uri) === path,
    )
    .map(({ uri }) => ({
      uri: () => uri,
      folder: ports.files.parent(path ?? ''),
      file: 'this notebook',
      draft: mappingOf(draftOf(uri)),
    }));
  const library = (await (await workspace.library(document.uri))?.all('bench', signal)) ?? [];
  const files = library.map(found => ({
    uri: () => uriOfPath(found.path),
    folder: ports.files.parent(found.path),
    file: found.file,
    draft: mappingOf(found.parsed.draft),
  }));
  return [...cells, ...files];

  function draftOf(uri: string): unknown {
    const cell = documents.get(uri);
    return cell && parsed.latest(cell)?.draft;
  }
}

function toDataset({ uri, folder, file, draft }: Draft): NamedDataset {
  const { name } = draft;
  return { uri, folder, dataset: mappingOf(draft['dataset']), of: typeof name === 'string' ? name : file };
}

async function namesOfColumns(
  { workspace, ports }: ServerContext,
  datasets: readonly NamedDataset[],
  signal: AbortSignal,
): Promise<readonly TemplateName[]> {
  const names: TemplateName[] = [];
  // Many benchmarks look at the same rows.
  const distinct = new Map<string, NamedDataset>();
  for (const named of datasets) {
    const { path, format, config } = named.dataset;
    const key = JSON.stringify([
      typeof path === 'string' ? ports.files.resolve(named.folder, path) : '',
      format,
      config,
    ]);
    if (!distinct.has(key)) distinct.set(key, named);
    if (distinct.size >= mostDatasets) break;
  }
  for (const { uri: uriOf, dataset, of } of distinct.values()) {
    const uri = uriOf();
    for (const column of await columnsOf(workspace, uri, dataset, signal)) {
      names.push({
        name: column,
        detail: `column of ${of}`,
        describe: () => describeColumn(workspace, uri, dataset, column),
      });
    }
  }
  return names;
}

async function describeColumn(
  workspace: Workspace,
  uri: string,
  dataset: Partial<Dataset>,
  column: string,
): Promise<string> {
  const values = await workspace.columnValues(uri, dataset, column, new AbortController().signal);
  const shown = values.filter(value => value.length <= 40).slice(0, 8);
  const examples = shown.length === 0 ? '' : `, with values such as ${shown.map(code).join(', ')}`;
  return `Column ${code(column)} of ${code(dataset.path)}${examples}`;
}
