import type {
  AgentResultsInput,
  MetricValue,
  PromptReport,
  Report,
  RunSummary,
  SampleRow,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { compareAny, type ComparedRuns } from '../comparisons/compare-any.ts';
import { countOf } from '../reports/format.ts';
import type { VariantRecord } from '../ports/run-spec.ts';
import type { Outcome } from './answer.ts';
import type { AgentDesk, CallOptions } from './desk.ts';
import { plainText } from '../base/plain-text.ts';
import { factsOf, linesOf, runNamed, sentenceOf } from './runs.ts';
import { waitForEnd } from './wait.ts';

const usualRows = 5;
const longestCell = 600;
const most = 20;

/** How runs stand and what they measured, side by side where there are several. */
export async function results(
  input: AgentResultsInput,
  desk: AgentDesk,
  options: CallOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const named: string[] = [];
  for (const name of input.runs) named.push((await runNamed(name, desk.store)).id);
  const ids = [...new Set(named)];
  const runs = await waitForEnd(ids, input.wait ?? 0, desk, options, signal);
  const compared = await compareBegun(runs, desk, signal);
  const rows = input.rows === undefined ? undefined : await readRows(input, runs, desk, signal);
  const sentences = [
    ...runs.map(sentenceOf),
    ...(compared === undefined ? ['There are no figures yet.'] : []),
    ...(rows === undefined ? [] : [rows.sentence]),
  ];
  return {
    text: sentences.join('\n'),
    data: [
      { title: 'RUNS', text: runs.flatMap(linesOf).join('\n') },
      { title: 'REPORT', text: compared?.markdown() ?? '' },
      { title: 'ROWS', text: rows?.facts.map(row => JSON.stringify(row)).join('\n') ?? '' },
    ].filter(({ text }) => text !== ''),
    content: {
      runs: runs.map(factsOf),
      ...(compared === undefined ? {} : { report: reportFacts(compared) }),
      ...(rows === undefined ? {} : { rows: rows.facts, totalRows: rows.total }),
    },
  };
}

/** A run that has not begun has nothing to compare. */
async function compareBegun(
  runs: readonly RunSummary[],
  { store, clock }: AgentDesk,
  signal: AbortSignal,
): Promise<ComparedRuns | undefined> {
  const begun: string[] = [];
  for (const { id, kind } of runs) if (kind === 'tune' || (await store.getRun(id)).variants.length > 0) begun.push(id);
  return begun.length === 0 ? undefined : compareAny(begun, store, clock, signal);
}

interface Rows {
  readonly sentence: string;
  readonly facts: readonly Record<string, unknown>[];
  readonly total: number;
}

async function readRows(
  { rows: filter = 'all', model, limit = usualRows, offset = 0 }: AgentResultsInput,
  [run]: readonly RunSummary[],
  { store }: AgentDesk,
  signal: AbortSignal,
): Promise<Rows> {
  if (run?.kind !== 'benchmark') {
    throw new WorkbenchError('usage', 'The first run is no benchmark run: it has no rows to show.', {
      remedy: 'Leave `rows` out, or name a benchmark run first.',
    });
  }
  const { variants } = await store.getRun(run.id);
  const where = model === undefined ? {} : { where: { variants: variantsOf(model, variants) } };
  const page = await store.querySamples({ runId: run.id, filter, limit, offset, ...where }, signal);
  const models = new Map(variants.map(({ variant, model }) => [variant, model]));
  const words = { wrong: 'answered wrong', failed: 'that failed', all: 'answered or failed' }[filter];
  const shown = page.rows.length === 0 ? '' : ` Shown: ${String(offset + 1)} to ${String(offset + page.rows.length)}.`;
  return {
    sentence: `Run ${run.id} has ${countOf(page.total, 'sample')} ${words}.${shown}`,
    facts: page.rows.map(row => rowFacts(row, models)),
    total: page.total,
  };
}

/** A model has a variant for each prompt. Throws `usage`. */
function variantsOf(model: string, variants: readonly VariantRecord[]): number[] {
  const found = variants.filter(variant => variant.model === model).map(({ variant }) => variant);
  if (found.length > 0) return found;
  const names = [...new Set(variants.map(variant => variant.model))].slice(0, most);
  throw new WorkbenchError('model-unknown', `The run asked no model ${JSON.stringify(model)}.`, {
    remedy: `It asked: ${names.join(', ')}.`,
  });
}

function rowFacts(row: SampleRow, models: ReadonlyMap<number, string>): Record<string, unknown> {
  const { id, variant, input, target, output, right, scores, failure } = row;
  return {
    id,
    model: models.get(variant),
    right,
    input: cell(input),
    expected: cell(target),
    answer: cell(output),
    scores: Object.entries(scores)
      .slice(0, most)
      .map(([metric, value]) => ({ metric, value })),
    failure: failure && { class: failure.class, message: cell(failure.message) },
  };
}

function cell(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plainText(text, longestCell);
}

function reportFacts({ content }: ComparedRuns): Record<string, unknown> {
  if ('reports' in content) return tuningFacts(content);
  return 'cases' in content ? promptFacts(content) : benchmarkFacts(content);
}

function promptFacts({ prompt, models, cases, notes }: PromptReport): Record<string, unknown> {
  return {
    kind: 'prompt',
    prompt: prompt.file,
    models: models.slice(0, most).map(({ model, answered, failed, cost, metrics }) => ({
      model,
      answered,
      failed,
      cost,
      metrics: figures(metrics),
    })),
    cases: cases.slice(0, most).map(({ row, input, answers }) => ({
      row,
      input: cell(input),
      answers: answers.slice(0, most).map(({ variant, repeat, text, failure }) => ({
        model: models.find(model => model.variant === variant)?.model,
        repeat,
        answer: cell(text),
        failure: failure && { class: failure.class, message: cell(failure.message) },
      })),
    })),
    notes: notes.slice(0, most),
  };
}

function benchmarkFacts(report: Report): Record<string, unknown> {
  return {
    kind: 'benchmark',
    confidence: report.confidence,
    leading: report.leading,
    baseline: report.baseline,
    variants: report.variants.slice(0, most).map(({ runId, model, prompt, samples, failed, metrics }) => ({
      runId,
      model,
      prompt,
      samples,
      failed,
      metrics: figures(metrics),
    })),
    comparisons: report.comparisons
      .slice(0, most)
      .map(({ metric, verdict, sentence }) => ({ metric, verdict, sentence })),
    regressions: (report.regressions ?? []).slice(0, most).map(({ sentence }) => sentence),
    gates: report.gates.slice(0, most).map(({ outcome, sentence }) => ({ outcome, sentence })),
    failures: report.failures.slice(0, most).map(({ sentence }) => sentence),
    notes: report.notes.slice(0, most),
  };
}

function tuningFacts({ reports, differences }: TuningComparison): Record<string, unknown> {
  return {
    kind: 'tune',
    runs: reports.map(({ run, base, platform, aspects, checkpoints, registered, notes }) => ({
      runId: run.id,
      base,
      platform,
      aspects: aspects.map(({ aspect, testRows, metrics, base: before }) => ({
        aspect,
        testRows,
        metrics: figures(metrics),
        base: before && figures(before),
      })),
      bestEpoch: checkpoints.find(({ best }) => best)?.epoch,
      registered,
      notes: notes.slice(0, most),
    })),
    differences: differences.slice(0, most),
  };
}

function figures(metrics: readonly MetricValue[]): readonly Record<string, unknown>[] {
  return metrics.slice(0, most).map(({ metric, label, value, low, high, n, unit, direction }) => ({
    metric,
    label,
    value,
    low,
    high,
    n,
    unit,
    direction,
  }));
}
