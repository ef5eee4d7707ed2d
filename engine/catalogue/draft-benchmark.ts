import { Document, isCollection } from 'yaml';
import type { Connection } from '../../schemas/generated/files.ts';
import type { DatasetDetails, DatasetUse, DraftBenchmark, DraftedBenchmark } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import { parsePromptVariables } from '../documents/prompt-variables.ts';
import { mostBytes } from '../documents/too-large.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { findDatasetUses } from './dataset-uses.ts';
import { describeDataset } from './describe-dataset.ts';
import { chooseColumns, type ChosenColumns } from './choose-columns.ts';

interface DraftPorts {
  readonly files: Files;
  readonly digest: Digest;
}

/** A guess needs the beginning of the data only. */
const lookedAt = { bytes: 2 * 1024 * 1024, rows: 5_000 };

/**
 * The text of a new benchmark over a dataset. Columns are taken over from a file that uses the dataset already, else chosen by name and content;
 * `notes` says what was chosen. The file lies in the workspace folder, under a name that is free.
 */
export async function draftBenchmark(
  { dataset, prompts = [] }: DraftBenchmark,
  folder: string,
  connections: Readonly<Record<string, Connection>>,
  ports: DraftPorts,
  signal: AbortSignal,
): Promise<DraftedBenchmark> {
  const { files } = ports;
  const path = files.resolve(folder, dataset.path);
  const details = await describeDataset(dataset, folder, ports, signal, lookedAt);
  if (details.columns.length === 0) throw noColumns(path, details);
  const uses = await findDatasetUses(files, createDocumentLibrary(files, folder), signal);
  const own = uses.filter(one => one.path === path).map(({ use }) => use);
  const variables = await readVariables(prompts, folder, files, signal);
  const isFolder = (await files.facts(path))?.kind === 'folder';
  const chosen = takeOver(own, details, variables) ?? chooseColumns(details, { variables, isFolder });
  const models = chooseModels(chosen, prompts, connections);
  const name = nameOf(prompts[0] ?? dataset.path);
  const notes = [...chosen.notes, ...models.notes];
  const benchmark = {
    name,
    dataset: {
      path: dataset.path,
      ...(dataset.format === undefined ? {} : { format: dataset.format }),
      ...(dataset.config === undefined ? {} : { config: dataset.config }),
      input: chosen.input,
      ...(chosen.target === undefined ? {} : { target: chosen.target }),
      ...(chosen.split === undefined ? {} : { split: chosen.split }),
      ...(chosen.slices.length === 0 ? {} : { slices: chosen.slices }),
    },
    ...(prompts.length === 0 ? {} : { prompts }),
    models: models.names,
    metrics: metricsOf(chosen, models.names),
  };
  return { path: await freePath(name, folder, files), text: write(benchmark, notes), notes };
}

function noColumns(path: string, { failure }: DatasetDetails): WorkbenchError {
  const why = failure === undefined ? 'it has no rows' : failure.message;
  return new WorkbenchError('dataset-invalid', `No benchmark can be made from ${path}: ${why}`, {
    remedy: failure?.remedy ?? 'Add rows to it first.',
    place: failure?.place ?? { path },
  });
}

/** The columns of a file that asks this dataset already, where they suit the prompts. */
function takeOver(
  uses: readonly DatasetUse[],
  { columns }: DatasetDetails,
  variables: readonly string[],
): ChosenColumns | undefined {
  const usable = uses.filter(use => use.input !== undefined && use.target.length > 0);
  // One that names rows to learn from serves all models.
  const rank = ({ kind, split }: DatasetUse): number =>
    Number(split?.train !== undefined) * 2 + Number(kind === 'benchmark');
  const [use] = usable.toSorted((a, b) => rank(b) - rank(a));
  if (use?.input === undefined) return undefined;
  const { test, train, field } = use.split ?? {};
  return {
    input: use.input,
    target: use.target.length === 1 ? use.target[0] : use.target,
    ...(test === undefined
      ? {}
      : {
          split: {
            ...(field === undefined ? {} : { field }),
            ...(train === undefined ? {} : { train }),
            test,
          },
        }),
    slices: use.slices,
    isClass: columns.some(({ name, distinct }) => name === use.target[0] && distinct !== undefined),
    notes: [
      `Columns as in ${use.file}.`,
      ...(variables.length === 0 || variables.includes(use.input)
        ? []
        : [`The prompt reads ${variables.join(', ')}; the input is ${use.input}.`]),
    ],
  };
}

async function readVariables(
  prompts: readonly string[],
  folder: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const prompt of prompts) {
    const text = await files.readText(files.resolve(folder, prompt), signal, mostBytes);
    for (const name of parsePromptVariables(text) ?? []) found.add(name);
  }
  return [...found];
}

/** Embedded models where they can be trained; a connection as well where prompts are to be tried, for only those read prompts. */
function chooseModels(
  { isClass, split }: ChosenColumns,
  prompts: readonly string[],
  connections: Readonly<Record<string, Connection>>,
): { readonly names: string[]; readonly notes: string[] } {
  const [connection] = Object.keys(connections);
  // Where a column names the split, rows to learn from are those of a value.
  const canLearn = split !== undefined && (split.train !== undefined || split.field === undefined);
  const embedded = isClass && canLearn ? ['embedded:majority', 'embedded:linear'] : [];
  const asked = (prompts.length > 0 || embedded.length === 0) && connection !== undefined ? [connection] : [];
  const names = [...embedded, ...asked];
  const notes =
    connection === undefined && (prompts.length > 0 || embedded.length === 0)
      ? ['Prompts are read by connections only, and workbench.yaml declares none yet.']
      : [];
  return { names: names.length > 0 ? names : ['embedded:majority'], notes };
}

function metricsOf({ target, isClass }: ChosenColumns, models: readonly string[]): unknown[] {
  const asks = models.some(model => !model.startsWith('embedded:'));
  const quality = isClass && typeof target === 'string' ? ['accuracy', { f1: { average: 'macro' } }] : ['exact-match'];
  return [...quality, 'latency', ...(asks ? ['cost'] : [])];
}

function nameOf(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const name = base
    .replace(/(\.prompt)?\.[A-Za-z0-9]+(\.gz)?$/, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .slice(0, 80)
    .replace(/^[-.]+|[-.]+$/g, '');
  return name === '' ? 'new' : name;
}

async function freePath(name: string, folder: string, files: Files): Promise<string> {
  for (let number = 1; ; number++) {
    const path = `${number === 1 ? name : `${name}-${String(number)}`}.bench.yaml`;
    if ((await files.facts(files.resolve(folder, path))) === undefined) return path;
  }
}

/** Lists and splits on one line, as the examples have them; what was chosen stands above, for the person to look at. */
function write(benchmark: object, notes: readonly string[]): string {
  const document = new Document(benchmark);
  document.commentBefore = notes.map(note => ` ${note.replace(/\s+/g, ' ')}`).join('\n');
  for (const path of [['dataset', 'split'], ['dataset', 'slices'], ['dataset', 'target'], ['models']]) {
    const node = document.getIn(path);
    if (isCollection(node)) node.flow = true;
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
