import type {
  FailedAnswers,
  FailureClass,
  GateResult,
  Headline,
  Report,
  VariantResult,
} from '../../schemas/generated/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { countOf } from './format.ts';
import { comparePairs, type PairableVariant } from './pairs.ts';
import { runningNotes } from './running-notes.ts';

/** What one run contributes to a report. */
export interface ReportInput {
  readonly record: RunRecord;
  readonly results: readonly VariantResult[];
  readonly gates: readonly GateResult[];
  /** Id of the leading quality metric. */
  readonly leading: string;
  /** Name of the baseline model. */
  readonly baseline: string;
  readonly confidence: number;
  readonly seed: number;
  /** How often every row was asked. */
  readonly repeats: number;
}

/** The leading figure of every variant, for lists. */
export function headlinesOf(variants: readonly VariantResult[], leading: string): Headline[] {
  return variants.flatMap(({ model, prompt, metrics }) => {
    const figure =
      metrics.find(({ metric }) => metric === leading) ??
      metrics.find(({ metric }) => metric.startsWith(`${leading}.`)) ??
      metrics.find(({ kind }) => kind === 'quality');
    if (figure === undefined || figure.value === null) return [];
    return [
      {
        model,
        ...(prompt === undefined ? {} : { prompt }),
        label: figure.label,
        value: figure.value,
        unit: figure.unit,
      },
    ];
  });
}

/** One run's report: every variant against the baseline on the rows both answered. */
export async function buildReport(input: ReportInput, store: Store, clock: Clock): Promise<Report> {
  const { record, results } = input;
  const baseline = Math.max(
    0,
    results.findIndex(({ model }) => model === input.baseline),
  );
  const variants: readonly PairableVariant[] = results.map((result, index) => ({
    index,
    result,
    repeats: input.repeats,
  }));
  const pairs = variants
    .filter(({ index }) => index !== baseline)
    .map(variant => ({ variant, baseline: variants[baseline] ?? variant }));
  return {
    title: record.spec.name,
    createdAt: clock.now(),
    runs: [record.summary],
    ...(record.dataset === undefined ? {} : { dataset: record.dataset }),
    ...(record.environment === undefined ? {} : { environment: record.environment }),
    confidence: input.confidence,
    baseline,
    variants: [...results],
    comparisons: await comparePairs(pairs, input, store),
    gates: [...input.gates],
    failures: failuresOf(record, results),
    notes: [...notesOf(record, input.repeats), ...runningNotes(record.summary.progress, record.spec.extends)],
  };
}

const reasons: Readonly<Record<FailureClass, string>> = {
  'rate-limit': 'rate limited by',
  server: 'server errors of',
  network: 'no connection to',
  timeout: 'no answer in time from',
  refused: 'refused by',
  malformed: 'unreadable answers of',
  client: 'requests rejected by',
  model: 'failures inside',
};

/** `3 rows failed: rate limited by gpt`. */
export function failuresOf(record: RunRecord, results: readonly VariantResult[]): FailedAnswers[] {
  const failing = [...new Set(results.filter(({ failed }) => failed > 0).map(({ model }) => model))];
  const model = failing.join(', ');
  return Object.entries(record.summary.progress.errors).map(([failureClass, count]) => ({
    class: failureClass as FailureClass,
    model,
    count,
    sentence: `${countOf(count, 'sample')} failed: ${reasons[failureClass as FailureClass]} ${model}.`,
  }));
}

function notesOf({ summary }: RunRecord, repeats: number): string[] {
  const notes: string[] = [];
  const { done, total, reused: kept, extended = 0 } = summary.progress;
  const reused = kept - extended;
  if (summary.state !== 'succeeded')
    notes.push(`Partial: ${countOf(done, 'sample')} of ${countOf(total, 'sample')} were asked.`);
  if (reused > 0)
    notes.push(
      `Resumed: ${countOf(reused, 'stored sample')} kept, ${countOf(done - kept, 'sample')} asked after it.`,
    );
  if (repeats > 1) {
    notes.push(
      `Every row was asked ${String(repeats)} times: intervals of quality figures and comparisons take the answers to one row together, those of latency and cost count each answer.`,
    );
  }
  return notes;
}
