import { CompletionItemKind } from 'vscode-languageserver';
import type { DocumentPath } from '../engine/documents/diagnostic.ts';
import type { figuresOf } from '../engine/documents/figure-checks.ts';
import type { ParsedDocument } from '../engine/documents/parse.ts';
import { metricCatalogue } from '../engine/metrics/catalogue.ts';
import { describeEmbedded, describeMetric } from './describe.ts';
import { mappingOf, type Workspace } from './workspace.ts';

/** One value that can be written at a place. */
export interface ValueOffer {
  readonly value: string;
  readonly detail: string;
  readonly documentation?: string | undefined;
  readonly kind: CompletionItemKind;
  /** What is typed to find it, where that is more than the value. */
  readonly filter?: string;
}

/** Where a value is being written. */
export interface Scene {
  readonly workspace: Workspace;
  readonly uri: string;
  readonly parsed: ParsedDocument;
  readonly path: DocumentPath;
  /** The texts of the fields beside it. */
  readonly siblings: Readonly<Record<string, string>>;
}

export function offerEmbedded(value: string): ValueOffer {
  return {
    value,
    detail: 'embedded model',
    documentation: describeEmbedded(value),
    kind: CompletionItemKind.Class,
  };
}

/** The newest checkpoint of each tuning job of the workspace, but for the job that is being written. */
export async function offerCheckpoints(
  workspace: Workspace,
  uri: string,
  except: unknown,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const jobs = (await (await workspace.library(uri))?.all('tune', signal)) ?? [];
  const names = new Map(jobs.flatMap(({ file, parsed }) => (parsed.value ? [[parsed.value.name, file] as const] : [])));
  return [...names]
    .filter(([name]) => name !== except)
    .map(([name, file]) => ({
      value: `checkpoint:${name}`,
      detail: `newest checkpoint of ${file}`,
      kind: CompletionItemKind.Reference,
    }));
}

export function offerMetrics(names: readonly string[]): readonly ValueOffer[] {
  return names.map(value => ({
    value,
    detail: 'metric',
    documentation: describeMetric(value),
    kind: CompletionItemKind.Function,
  }));
}

/** The metrics of a file that is still being written: whatever names one. */
export function metricsOfDraft(value: unknown): Parameters<typeof figuresOf>[0] {
  if (!Array.isArray(value)) return {};
  const names = value.map(item => (typeof item === 'string' ? item : Object.keys(mappingOf(item))[0]));
  const known = [...metricCatalogue.keys()].filter(name => names.includes(name));
  return known.length === 0 ? {} : { metrics: known };
}
