import type { GateCondition, MetricCheck } from '../../schemas/generated/files.ts';
import type { CheckResult, GateResult } from '../../schemas/generated/messages.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { addDuration } from '../../engine/base/calendar.ts';
import { checkMetric } from '../../engine/governance/checks/metric.ts';
import type { RunRecord } from '../../engine/ports/store.ts';
import { formatNumber, formatValue, groupDigits } from '../../engine/reports/format.ts';
import { judgeGates } from '../../engine/reports/gates.ts';
import type { ServerContext } from '../context.ts';
import { figureOf } from './figures.ts';
import { lastRunNamed, lastRunsOf, wordAge, type MeasuredRun } from './last-runs.ts';
import { mappingOf } from '../workspace.ts';

/** Stands for every model. */
const any = '*';

/** A threshold held against what was measured last. */
export interface JudgedThreshold {
  readonly outcome: 'met' | 'not-met' | 'not-computed';
  /** Such as `0.871`, of what was judged: the interval's bound, or the figure itself. Absent where nothing was. */
  readonly value: string | undefined;
  /** One sentence a prompt, with the figure, its interval and what is required. */
  readonly sentences: readonly string[];
  /** Such as `Run 2 hours ago, 400 answers`. */
  readonly source: string;
}

/** A gate's condition as it is written now, judged by the newest run of this benchmark; absent where there is none. */
export async function judgeGate(
  { history, ports }: ServerContext,
  uri: string,
  benchmark: unknown,
  condition: unknown,
  signal: AbortSignal,
): Promise<JudgedThreshold | undefined> {
  const name = mappingOf(benchmark)['name'];
  const read = readCondition(condition);
  if (typeof name !== 'string' || read === undefined) return undefined;
  const [run] = await lastRunsOf(history, uri, name, signal);
  if (run === undefined) return undefined;
  const results = judgeGates([read], run.report.variants, true);
  const worst = worstOf(results);
  const variants = run.report.variants.filter(({ model }) => model === read.model);
  const answers = Math.max(0, ...variants.map(variant => figureOf(variant, read.metric)?.n ?? 0));
  return {
    outcome: worst?.outcome ?? 'not-computed',
    value: worst?.judged,
    sentences: results.slice(0, 4).map(({ sentence }) => sentence),
    source: sourceOf(run, answers, ports.clock.now()),
  };
}

/** The condition as far as it is written; absent where what it asks is not known yet. */
function readCondition(condition: unknown): GateCondition | undefined {
  const { metric, model, atLeast, atMost, on } = mappingOf(condition);
  if (typeof metric !== 'string' || typeof model !== 'string') return undefined;
  if (typeof atLeast !== 'number' && typeof atMost !== 'number') return undefined;
  return {
    metric,
    model,
    ...(typeof atLeast === 'number' && { atLeast }),
    ...(typeof atMost === 'number' && { atMost }),
    ...(on === 'point' && { on }),
  };
}

function worstOf(results: readonly GateResult[]): GateResult | undefined {
  return (
    results.find(({ outcome }) => outcome === 'not-met') ??
    results.find(({ outcome }) => outcome === 'not-computed') ??
    results[0]
  );
}

function sourceOf({ summary }: MeasuredRun, answers: number, now: number): string {
  const count = answers === 0 ? '' : `, ${groupDigits(answers)} ${answers === 1 ? 'answer' : 'answers'}`;
  return `Run of ${summary.name} ${wordAge(summary, now)}${count}`;
}

/**
 * A policy's metric check as it is written now, judged by the newest complete run of its benchmark that asked the version the policy assesses.
 * A policy that names none is held against every model of that run, and only where all agree is an outcome told.
 */
export async function judgeCheck(
  context: ServerContext,
  uri: string,
  policy: unknown,
  check: unknown,
  signal: AbortSignal,
): Promise<JudgedThreshold | undefined> {
  const read = readCheck(check);
  if (read === undefined) return undefined;
  const digest = await assessedDigest(context, uri, policy, signal);
  if (digest === undefined) return undefined;
  const counts = ({ modelDigest }: { readonly modelDigest?: string }): boolean =>
    digest === any || modelDigest === digest;
  const run = await lastRunNamed(
    context.history,
    uri,
    read.benchmark,
    each => each.record.spec.limit === undefined && each.report.variants.some(counts) && isOfDataset(each, read),
    signal,
  );
  if (run === undefined) return undefined;
  const variants = run.report.variants.filter(counts);
  const now = context.ports.clock.now();
  const results = variants.slice(0, 8).map(result => ({ result, judged: judgeOne(read, run, result, now) }));
  const [first] = results;
  if (first === undefined) return undefined;
  const outcomes = new Set(results.map(({ judged }) => outcomeOf(judged)));
  const alike = outcomes.size === 1;
  return {
    outcome: alike ? outcomeOf(first.judged) : 'not-computed',
    value: alike && results.length === 1 ? valueOf(first.judged) : undefined,
    sentences: results.map(({ result, judged }) =>
      results.length === 1 ? judged.reason : `${result.model}: ${judged.reason}`,
    ),
    source: sourceOf(run, first.judged.n ?? 0, now),
  };
}

function judgeOne(
  check: MetricCheck,
  { summary, record, report }: MeasuredRun,
  result: MeasuredRun['report']['variants'][number],
  now: number,
): CheckResult {
  const run = {
    runId: summary.id,
    endedAt: summary.endedAt ?? summary.createdAt,
    repeats: repeatsOf(record),
    confidence: report.confidence,
    // The digest is for records; nothing is recorded here.
    variants: [{ result, digest: '' }],
  };
  return checkMetric(check, { run, missing: '' }, now);
}

/** Many checks may look at one run, whose text is read for this alone. */
const knownRepeats = new WeakMap<RunRecord, number>();

function repeatsOf(record: RunRecord): number {
  const known = knownRepeats.get(record) ?? parseDocument('bench', record.spec.text).value?.repeats ?? 1;
  knownRepeats.set(record, known);
  return known;
}

function outcomeOf({ state }: CheckResult): JudgedThreshold['outcome'] {
  return state === 'pass' ? 'met' : state === 'fail' ? 'not-met' : 'not-computed';
}

function valueOf({ judged, actual, unit }: CheckResult): string | undefined {
  const shown = judged ?? actual;
  return shown === undefined ? undefined : formatNumber(shown, unit ?? 'score');
}

function isOfDataset({ record }: MeasuredRun, { dataset }: MetricCheck): boolean {
  return dataset === undefined || record.dataset?.digest === dataset;
}

/** The check as far as it is written; absent where what it asks is not known yet. */
function readCheck(check: unknown): MetricCheck | undefined {
  const { id, benchmark, metric, statistic, slice, dataset, assert, freshness } = mappingOf(check);
  const { op, value, bound, minSamples } = mappingOf(assert);
  if (typeof benchmark !== 'string' || typeof metric !== 'string') return undefined;
  if (typeof value !== 'number' || (op !== '>=' && op !== '>' && op !== '<=' && op !== '<')) return undefined;
  return {
    id: typeof id === 'string' ? id : '',
    type: 'metric',
    benchmark,
    metric,
    assert: {
      op,
      value,
      ...(bound === 'point' && { bound }),
      ...(typeof minSamples === 'number' && { minSamples }),
    },
    ...((statistic === 'worst' || statistic === 'max-gap') && { statistic }),
    ...(typeof slice === 'string' && { slice }),
    ...(typeof dataset === 'string' && { dataset }),
    ...(typeof freshness === 'string' && isDuration(freshness) && { freshness }),
  };
}

function isDuration(text: string): boolean {
  try {
    addDuration(0, text);
    return true;
  } catch {
    return false;
  }
}

/** Model digest of the version that a policy's `assess` names; `any` where it names none, absent where that is not registered. */
async function assessedDigest(
  { history }: ServerContext,
  uri: string,
  policy: unknown,
  signal: AbortSignal,
): Promise<string | undefined> {
  const named = mappingOf(mappingOf(policy)['assess'])['model'];
  if (typeof named !== 'string') return any;
  const [model = '', version = ''] = named.split('@');
  const aliases = (await history.models(uri, signal)).find(({ name }) => name === model)?.aliases ?? {};
  const wanted = Object.hasOwn(aliases, version) ? aliases[version] : version;
  const versions = await history.versions(uri, model, signal);
  return versions.find(each => each.version === wanted)?.modelDigest;
}

/** What the comparison with the baseline came to in the newest run, a sentence a model; empty where there is none. */
export async function describeVerdicts(
  { history, ports }: ServerContext,
  uri: string,
  benchmark: unknown,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const name = mappingOf(benchmark)['name'];
  if (typeof name !== 'string') return [];
  const [run] = await lastRunsOf(history, uri, name, signal);
  if (run === undefined) return [];
  const { leading, comparisons, confidence, variants } = run.report;
  const decisive = comparisons.filter(({ metric }) => leading === undefined || metric === leading).slice(0, 6);
  if (decisive.length === 0) return [];
  const rows = Math.max(...decisive.map(({ n }) => n));
  const figures = decisive.map(({ sentence, variant, metric }) => {
    const figure = variants[variant] && figureOf(variants[variant], metric);
    return figure === undefined ? sentence : `${sentence} (${formatValue(figure)})`;
  });
  return [
    `${sourceOf(run, 0, ports.clock.now())}, ${groupDigits(rows)} paired rows, at ${String(confidence * 100)} %`,
    ...figures,
  ];
}
