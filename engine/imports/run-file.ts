import type { ExportedRun, MetricValue, Report, RunSummary, SampleRow } from '../../schemas/generated/messages.ts';
import { validateExportedRun } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { ImportedRun, ImportedSample, ImportedScore, ImportedVariant } from './imported.ts';

/** Samples handed on at once. */
const batchSize = 500;

/** The runs of a `*.run.json` file that another store exported, with the samples it holds. Throws `file-invalid`. */
export function readRunFile(value: unknown, path: string): readonly ImportedRun[] {
  const { report, rows = [], samples, workbench } = checkFile(value, path);
  return report.runs.map((run, position) => {
    const own = rows.flatMap(row => (row.run === position ? [row.sample] : []));
    const variants = report.variants.filter(({ runId }) => runId === run.id);
    const metrics = variants.flatMap(variant => variant.metrics);
    const isWhole = samples.held >= samples.total;
    return {
      tool: 'ai-workbench',
      toolVersion: workbench,
      name: run.name,
      createdAt: run.startedAt ?? run.createdAt,
      dataset: report.dataset?.path ?? '',
      variants: variants.map((variant): ImportedVariant => {
        const { model, prompt, modelDigest, promptDigest } = variant;
        return {
          model,
          ...(prompt === undefined ? {} : { prompt }),
          figures: [],
          result: variant,
          settings: [modelDigest ?? null, promptDigest ?? null, run.id],
        };
      }),
      scores: scoresOf(own, metrics),
      repeats: own.reduce((most, { repeat }) => Math.max(most, repeat + 1), 1),
      // Of several runs' comparison, positions mean variants of the others, too.
      ...(report.runs.length > 1 ? {} : { comparisons: comparisonsOf(report) }),
      notes: notesOf(run, own.length, isWhole),
      async *samples(signal) {
        for (let at = 0; at < own.length; at += batchSize) {
          signal.throwIfAborted();
          yield own.slice(at, at + batchSize).map(row => toSample(row, variants));
        }
      },
    };
  });
}

function checkFile(value: unknown, path: string): ExportedRun & { readonly report: Report } {
  const version = (value as { readonly schemaVersion?: unknown }).schemaVersion;
  if (typeof version === 'number' && version > 1) {
    throw invalid(path, 'was written by a newer AI Workbench', 'Update AI Workbench.');
  }
  if (!validateExportedRun(value)) {
    const [fault] = validateExportedRun.errors ?? [];
    throw invalid(path, `is no exported run: at ${fault?.instancePath ?? ''}, ${fault?.message ?? 'it is not valid'}`);
  }
  const { report } = value;
  if (report === undefined) {
    throw invalid(path, 'holds tuning runs, whose checkpoints stay where they were trained', 'Open it to read them.');
  }
  const isKnown = (run: string | undefined, variant: number): boolean =>
    report.variants.some(each => each.runId === run && each.variant === variant);
  if (value.rows?.some(({ run, sample }) => !isKnown(report.runs[run]?.id, sample.variant)) === true)
    throw invalid(path, 'holds samples of a run or a model that its report has not');
  return { ...value, report };
}

function invalid(path: string, what: string, remedy = 'Export the run again.'): WorkbenchError {
  return new WorkbenchError('file-invalid', `${path} ${what}.`, { remedy, place: { path } });
}

function comparisonsOf({ comparisons, confidence, baseline }: Report): NonNullable<ImportedRun['comparisons']> {
  return { comparisons, confidence, ...(baseline === undefined ? {} : { baseline }) };
}

/** What its samples are scored by, in the report's own words, the leading one first. */
function scoresOf(rows: readonly SampleRow[], metrics: readonly MetricValue[]): ImportedScore[] {
  const names = new Set(rows.flatMap(({ scores }) => Object.keys(scores)));
  const found = new Map<string, ImportedScore>();
  for (const { metric, label, unit, direction } of metrics) {
    if (!names.has(metric) || found.has(metric) || !/^[a-z][a-z0-9-]{0,39}$/.test(metric)) continue;
    found.set(metric, { id: metric, label, unit, direction });
  }
  return [...found.values()];
}

function notesOf(run: RunSummary, held: number, isWhole: boolean): string[] {
  const id = `It was run ${run.id} in the store it comes from.`;
  if (isWhole && held > 0) return [id];
  return held === 0
    ? [id, 'The file held no samples: figures are as they were exported.']
    : [id, `The file held ${String(held)} of its samples: figures are as they were exported, over all of them.`];
}

function toSample(row: SampleRow, variants: readonly { readonly variant: number }[]): ImportedSample {
  const { output, right, latencyMs, firstTokenMs, inputTokens, outputTokens, cost, attempts, failure, details } = row;
  return {
    variant: variants.findIndex(({ variant }) => variant === row.variant),
    row: row.row,
    repeat: row.repeat,
    input: row.input,
    target: row.target,
    slices: row.slices,
    scores: row.scores,
    ...(output === undefined ? {} : { output }),
    ...(right === undefined ? {} : { right }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(cost === undefined ? {} : { cost }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(failure === undefined ? {} : { failure }),
    ...(details === undefined ? {} : { details }),
  };
}
