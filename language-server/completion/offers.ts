import { CompletionItemKind } from 'vscode-languageserver';
import type { Benchmark, Metric, MetricName } from '../../schemas/generated/files.ts';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { figuresOf } from '../../engine/diagnostics/figure-checks.ts';
import { parseDocument, type ParsedDocument } from '../../engine/documents/parse.ts';
import { metricCatalogue } from '../../engine/metrics/catalogue.ts';
import { describeCheckpoint, describeEmbedded, describeMetric, neededParameters } from '../help/describe.ts';
import type { Describe } from './list.ts';
import type { ServerContext } from '../context.ts';
import type { FileLister } from '../list-files.ts';
import { mappingOf, type Workspace } from '../workspace.ts';

/** One value that can be written at a place. */
export interface ValueOffer {
  readonly value: string;
  readonly detail: string;
  readonly describe?: Describe;
  readonly kind: CompletionItemKind;
  /** What is typed to find it, where that is more than the value. */
  readonly filter?: string;
  /** Only the beginning of a value: more is offered once it is taken. */
  readonly isBeginning?: boolean;
  /** Written as it is, although the field takes texts: an alias, or a number. */
  readonly isBare?: boolean;
}

/** Where a value is being written. */
export interface Scene {
  readonly context: ServerContext;
  readonly workspace: Workspace;
  readonly files: FileLister;
  readonly uri: string;
  readonly parsed: ParsedDocument;
  readonly path: DocumentPath;
  /** The texts of the fields beside it. */
  readonly siblings: Readonly<Record<string, string>>;
  /** What is written before the cursor. */
  readonly typed: string;
}

export function offerEmbedded(value: string): ValueOffer {
  return {
    value,
    detail: 'embedded model',
    describe: () => describeEmbedded(value),
    kind: CompletionItemKind.Class,
  };
}

/** What each tuning job of the workspace stands for, but for the job that is being written. */
export async function offerCheckpoints(
  workspace: Workspace,
  uri: string,
  except: unknown,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const jobs = (await (await workspace.library(uri))?.all('tune', signal)) ?? [];
  const names = new Map(
    jobs.flatMap(({ file, parsed: { value } }) =>
      value === undefined
        ? []
        : [[value.name, `${value.search === undefined ? 'newest checkpoint' : 'best trial'} of ${file}`] as const],
    ),
  );
  return [...names]
    .filter(([name]) => name !== except)
    .map(([name, detail]) => ({
      value: `checkpoint:${name}`,
      detail,
      describe: () => describeCheckpoint(workspace, uri, `checkpoint:${name}`, new AbortController().signal),
      kind: CompletionItemKind.Reference,
    }));
}

export function offerMetrics(names: readonly string[]): readonly ValueOffer[] {
  return names.map(value => ({
    value,
    detail: neededParameters(value).length === 0 ? 'metric' : `metric, needs ${neededParameters(value).join(' and ')}`,
    describe: () => describeMetric(value),
    kind: CompletionItemKind.Function,
  }));
}

/** The metrics of a file that is still being written: whatever names one, with its parameters once they are right. */
export function metricsOfDraft(value: unknown): { readonly metrics?: Metric[] } {
  if (!Array.isArray(value)) return {};
  const metrics = value.flatMap((item: unknown) => readDraftMetric(item) ?? []);
  return metrics.length === 0 ? {} : { metrics };
}

/** The metrics and perturbations of a file that is still being written. */
export function measuredOfDraft(draft: Readonly<Record<string, unknown>>): Parameters<typeof figuresOf>[0] {
  const perturbations = parseDraft({ perturbations: draft['perturbations'] })?.perturbations;
  return { ...metricsOfDraft(draft['metrics']), ...(perturbations === undefined ? {} : { perturbations }) };
}

function readDraftMetric(item: unknown): Metric | undefined {
  const name = typeof item === 'string' ? item : Object.keys(mappingOf(item))[0];
  if (name === undefined || !metricCatalogue.has(name as MetricName)) return undefined;
  return parseDraft({ metrics: [item] })?.metrics?.[0] ?? (name as MetricName);
}

/** A part of a benchmark as the schema knows it; absent where it is only half written. */
function parseDraft(part: object): Benchmark | undefined {
  const dataset = { path: 'draft.jsonl', input: 'input', target: 'target' };
  return parseDocument('bench', JSON.stringify({ name: 'draft', dataset, models: ['draft'], ...part })).value;
}

/** The name that a metric's parameters give it. */
export function namesOf(entry: Metric): readonly string[] {
  return Object.values(mappingOf(entry)).flatMap(parameters => {
    const { name } = mappingOf(parameters);
    return typeof name === 'string' ? [name] : [];
  });
}
