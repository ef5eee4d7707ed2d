import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { countOf, formatNumber, formatSeconds } from '../../engine/reports/format.ts';
import type { ServerContext } from '../context.ts';
import { wordKey } from './describe.ts';
import type { RunEstimate } from '../memory/estimates.ts';
import { baselineOf, figureOf, nameOf, wordFigure } from '../memory/figures.ts';
import { lastRunsOf, wordAge, type MeasuredRun } from '../memory/last-runs.ts';
import { plain, shorten } from '../markdown.ts';
import { describeVerdicts, judgeCheck, judgeGate, type JudgedThreshold } from '../memory/thresholds.ts';
import { draftAt, matchesPath, type Spot } from '../tree.ts';
import { mappingOf } from '../workspace.ts';

/** What help is asked on: a place in a document that was read. */
export interface NamedPlace {
  readonly uri: string;
  readonly parsed: ParsedDocument;
  readonly spot: Spot;
}

const outcomes = { met: '✓ Met', 'not-met': '✗ NOT met', 'not-computed': 'Could not be judged' } as const;
const mostLines = 8;

/** What is known of a value beside what its field means: a threshold's last value, a budget's estimate, where a key comes from. */
export async function describeRemark(
  context: ServerContext,
  place: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { path, part } = place.spot;
  const { kind, draft } = place.parsed;
  if (kind === 'workbench')
    return matchesPath(path, 'connections.*.apiKey.*') ? wordKey(draftAt(draft, path.slice(0, -1))) : undefined;
  if (kind === 'policy') {
    if (!matchesPath(path, 'controls.*.checks.*.assert.value')) return undefined;
    const judged = await judgeCheck(context, place.uri, draft, draftAt(draft, path.slice(0, -2)), signal);
    return judged && wordJudged(judged);
  }
  if (kind !== 'bench') return undefined;
  if (matchesPath(path, 'gate.*.atLeast') || matchesPath(path, 'gate.*.atMost')) {
    const judged = await judgeGate(context, place.uri, draft, boundAt(draft, path), signal);
    return judged && wordJudged(judged);
  }
  if (matchesPath(path, 'compare.confidence') || (matchesPath(path, 'compare') && part === 'key')) {
    const [head, ...verdicts] = await describeVerdicts(context, place.uri, draft, signal);
    return head === undefined ? undefined : list(head, verdicts);
  }
  return matchesPath(path, 'limits.budget') || (matchesPath(path, 'limits') && part === 'key')
    ? describeEstimate(context, place, signal)
    : undefined;
}

/** The gate's condition around a bound, without its other bound. */
export function boundAt(draft: unknown, path: DocumentPath): unknown {
  const { atLeast, atMost, ...rest } = mappingOf(draftAt(draft, path.slice(0, -1)));
  return path.at(-1) === 'atLeast' ? { ...rest, atLeast } : { ...rest, atMost };
}

/** In words, for hovers and tooltips. */
export function wordJudged({ outcome, sentences, source }: JudgedThreshold): string {
  return list(`**${outcomes[outcome]}** in the last run (${source})`, sentences);
}

function list(head: string, lines: readonly string[]): string {
  const shown = lines.slice(0, mostLines).map(line => `- ${plain(shorten(line, 400))}`);
  if (lines.length > mostLines) shown.push(`- and ${lines.length - mostLines} more`);
  return `${head.startsWith('**') ? head : plain(head)}${shown.length === 0 ? '' : `\n\n${shown.join('\n')}`}`;
}

/** A figure's last values, a line a model; absent where this benchmark was not run yet. */
export async function describeFigure(
  { history, ports }: ServerContext,
  { uri, parsed }: NamedPlace,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const benchmark = mappingOf(parsed.draft)['name'];
  if (parsed.kind !== 'bench' || typeof benchmark !== 'string') return undefined;
  const [run] = await lastRunsOf(history, uri, benchmark, signal);
  if (run === undefined) return undefined;
  return wordFigures(run, id, ports.clock.now());
}

/** Under which name a benchmark's entry in `metrics` reports its figures; absent for half an entry. */
export function figureIdOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  const [pair] = Object.entries(mappingOf(entry));
  if (pair === undefined) return undefined;
  const renamed = mappingOf(pair[1])['name'];
  return typeof renamed === 'string' ? renamed : pair[0];
}

/** A figure of every model, a line each; absent where no model has it. */
export function wordFigures({ summary, report }: MeasuredRun, id: string, now: number): string | undefined {
  const baseline = baselineOf(report);
  const lines = report.variants.flatMap(variant => {
    const figure = figureOf(variant, id);
    const mark = variant === baseline && report.variants.length > 1 ? ' (baseline)' : '';
    return figure === undefined ? [] : [`${nameOf(variant, report)}${mark}: ${wordFigure(figure)}`];
  });
  return lines.length === 0 ? undefined : list(`Last run ${wordAge(summary, now)}:`, lines);
}

async function describeEstimate(
  { estimates }: ServerContext,
  { uri, parsed }: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const estimate = await estimates.of(uri, parsed as ParsedDocument<'bench'>, signal);
  return estimate && wordEstimate(estimate);
}

/** What a run would send, cost and take, and how that is known; for hovers and tooltips. */
export function wordEstimate({ dryRun, requests, cost, time }: RunEstimate): string {
  const asked = requests > 0 ? countOf(requests, 'request') : countOf(dryRun.samples, 'answer');
  const rows = `${countOf(dryRun.rows, 'row')}${dryRun.repeats > 1 ? `, each asked ${dryRun.repeats} times` : ''}`;
  const facts = [
    `${asked}: ${rows}`,
    ...(cost === undefined ? [] : [`About ${formatNumber(cost, 'USD')}`]),
    ...(dryRun.measuringCost === undefined ? [] : [`Of it for judges: ${formatNumber(dryRun.measuringCost, 'USD')}`]),
    ...(time === undefined ? [] : [`About ${formatSeconds(time.seconds)}, by ${time.from}`]),
    ...dryRun.notes,
  ];
  return list('**Estimate of a run**; nothing has been sent', facts);
}
