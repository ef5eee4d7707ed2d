import type { Report, VariantResult } from '../../schemas/generated/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { runFilePieces } from '../run-exports/export-run-file.ts';
import { toolOf, type RunTerms } from './run-artifacts.ts';

export interface RawResultsPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly workbench: string;
}

/** Samples that travel along with results on public data. */
const mostSamples = 1000;

/** Name of the artifact that holds a run's raw results. */
export function rawResultsName(runId: string): string {
  return `${runId}/results`;
}

/**
 * A run's results as a file: on public data a `*.run.json` that `aiwb import` reads, on private data what was measured and nothing that
 * was asked or answered.
 */
export async function rawResults(
  record: RunRecord,
  report: Report,
  terms: RunTerms,
  { store, clock, workbench }: RawResultsPorts,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (terms.private) return encode(`${JSON.stringify(privateResults(record, report), undefined, 2)}\n`);
  const pieces: string[] = [];
  for await (const piece of runFilePieces([record.summary.id], mostSamples, { store, clock, workbench }, signal)) {
    pieces.push(piece);
  }
  return encode(pieces.join(''));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Field by field what may leave: a field that is added to reports one day stays here until somebody lets it go. */
function privateResults(record: RunRecord, report: Report) {
  const { summary, dataset, environment } = record;
  const facts = dataset ?? report.dataset;
  return {
    format: 'aiwb-private-results',
    schemaVersion: 1,
    run: { id: summary.id, name: summary.name, state: summary.state, endedAt: summary.endedAt },
    ...toolOf(record),
    measuredAt: environment?.source?.measuredAt ?? summary.endedAt,
    dataset: facts === undefined ? undefined : { digest: facts.digest, rows: facts.rows },
    environment:
      environment === undefined
        ? undefined
        : {
            workbench: environment.workbench,
            node: environment.node,
            platform: environment.platform,
            cpus: environment.cpus,
            seed: environment.source === undefined ? environment.seed : undefined,
            fileDigest: environment.fileDigest,
            parameters: environment.source?.parameters,
          },
    confidence: report.confidence,
    results: report.variants.map(privateResult),
  };
}

function privateResult({ model, modelDigest, promptDigest, fingerprints, samples, failed, metrics }: VariantResult) {
  return {
    model,
    modelDigest,
    promptDigest,
    fingerprints,
    samples,
    failed,
    metrics: metrics.map(figure => ({
      metric: figure.metric,
      label: figure.label,
      kind: figure.kind,
      unit: figure.unit,
      direction: figure.direction,
      value: figure.value,
      n: figure.n,
      low: figure.low,
      high: figure.high,
      confidence: figure.confidence,
      method: figure.method,
      signature: figure.signature,
      estimated: figure.estimated,
    })),
  };
}
