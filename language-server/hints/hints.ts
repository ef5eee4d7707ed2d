import type { DocumentPath, Position } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { countOf, formatNumber, formatSeconds } from '../../engine/reports/format.ts';
import { describeDataset, placeOf } from '../help/describe-dataset.ts';
import { boundAt, figureIdOf, wordEstimate, wordFigures, wordJudged } from '../help/describe-threshold.ts';
import type { RunEstimate } from '../memory/estimates.ts';
import {
  baselineOf,
  bestVariant,
  changeOf,
  figureOf,
  leadingFigure,
  nameOf,
  variantOf,
  wordFigure,
} from '../memory/figures.ts';
import { lastRunsOf, wordAge, type MeasuredRun } from '../memory/last-runs.ts';
import { plain, shorten } from '../markdown.ts';
import { judgeCheck, judgeGate, type JudgedThreshold } from '../memory/thresholds.ts';
import { draftAt, listOf } from '../tree.ts';
import type { AddHint, Hint, HintRequest } from './hint.ts';
import { tuningHints } from './tune.ts';
import { mappingOf } from '../workspace.ts';

const mostHints = 500;

/** Every hint of a file as far as it is wanted; places with errors have none. */
export async function collectHints(request: HintRequest): Promise<readonly Hint[]> {
  const { parsed, isWanted, signal } = request;
  const hints: Hint[] = [];
  const broken = linesWithErrors(parsed);
  const add: AddHint = async (path, make) => {
    const at = placeAfter(parsed, path);
    if (at === undefined || !isWanted(at) || broken.has(at.line) || hints.length >= mostHints) return;
    const made = await make();
    signal.throwIfAborted();
    const isNew = !hints.some(hint => hint.at.line === at.line && hint.at.character === at.character);
    if (made !== undefined && isNew) hints.push({ key: path.join('/'), at, ...made });
  };
  if (parsed.kind === 'bench') await benchmarkHints(request, add);
  if (parsed.kind === 'tune') await tuningHints(request, add);
  if (parsed.kind === 'policy') await policyHints(request, add);
  if (parsed.kind === 'bench' || parsed.kind === 'tune') await datasetHints(request, add);
  return hints;
}

function linesWithErrors({ diagnostics }: ParsedDocument): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const { severity, range } of diagnostics)
    if (severity === 'error')
      for (let line = range.start.line; line <= Math.min(range.end.line, range.start.line + 1_000); line++)
        lines.add(line);
  return lines;
}

/** Behind the value where it is on one line, else behind the colon of its key. Absent where nothing is written. */
function placeAfter(parsed: ParsedDocument, path: DocumentPath): Position | undefined {
  const value = parsed.locate(path, 'value');
  if (value.start.line === value.end.line) return value.end.character > value.start.character ? value.end : undefined;
  const { end } = parsed.locate(path, 'key');
  const hasColon = parsed.text[parsed.offsetAt(end)] === ':';
  return hasColon ? { line: end.line, character: end.character + 1 } : end;
}

async function benchmarkHints(request: HintRequest, add: AddHint): Promise<void> {
  const { context, uri, parsed, signal } = request;
  const draft = mappingOf(parsed.draft);
  await estimateHint(request, add);
  if (typeof draft['name'] !== 'string') return;
  const [last, before] = await lastRunsOf(context.history, uri, draft['name'], signal);
  if (last === undefined) return;
  const now = context.ports.clock.now();
  for (const [index, entry] of listOf(draft['metrics']).entries()) {
    const id = figureIdOf(entry);
    const path =
      typeof entry === 'string' ? ['metrics', index] : ['metrics', index, ...Object.keys(mappingOf(entry)).slice(0, 1)];
    await add(path, () => Promise.resolve(id === undefined ? undefined : metricHint(last, id, now)));
  }
  for (const [index, model] of listOf(draft['models']).entries())
    await add(['models', index], () =>
      Promise.resolve(typeof model === 'string' ? modelHint(last, before, model, now) : undefined),
    );
  for (const [index, condition] of listOf(draft['gate']).entries())
    for (const bound of ['atLeast', 'atMost'].filter(name => typeof mappingOf(condition)[name] === 'number')) {
      const path = ['gate', index, bound];
      await add(path, async () => thresholdHint(await judgeGate(context, uri, draft, boundAt(draft, path), signal)));
    }
}

/** The best model's figure, and the baseline's where that is another. */
function metricHint(run: MeasuredRun, id: string, now: number): Pick<Hint, 'label' | 'tooltip'> | undefined {
  const { report } = run;
  const baseline = baselineOf(report);
  const own = baseline && figureOf(baseline, id);
  const best = bestVariant(report, id);
  const tooltip = (): Promise<string | undefined> => Promise.resolve(wordFigures(run, id, now));
  const shown = (value: number, unit: Parameters<typeof formatNumber>[1]): string => formatNumber(value, unit);
  if (best === undefined || report.variants.length === 1) {
    const figure = own ?? best?.figure;
    return figure === undefined ? undefined : { label: shown(figure.value, figure.unit), tooltip };
  }
  const label = `${shown(best.figure.value, best.figure.unit)} ${shorten(nameOf(best.variant, report), 32)}`;
  if (best.variant === baseline) return { label: `${label} (baseline)`, tooltip };
  return { label: own === undefined ? label : `${label} · baseline ${shown(own.value, own.unit)}`, tooltip };
}

/** A model's leading figure, and its change since the baseline's; the baseline's own since the run before. */
function modelHint(
  { summary, report }: MeasuredRun,
  before: MeasuredRun | undefined,
  model: string,
  now: number,
): Pick<Hint, 'label' | 'tooltip'> | undefined {
  const variant = variantOf(report, model);
  const figure = variant && leadingFigure(variant, report);
  if (variant === undefined || figure === undefined) return undefined;
  const baseline = baselineOf(report);
  const earlier = before && variantOf(before.report, model);
  const change =
    baseline === undefined || baseline.model === model
      ? changeOf(figure, earlier && figureOf(earlier, figure.metric), 'in the run before')
      : changeOf(figure, figureOf(baseline, figure.metric), baseline.model);
  const verdict = report.comparisons.find(
    ({ variant: index, metric }) => report.variants[index] === variant && metric === figure.metric,
  );
  const tooltip = [
    `**${plain(figure.label)}** of ${plain(nameOf(variant, report))}, ${wordAge(summary, now)}: ${plain(wordFigure(figure))}`,
    ...(change === undefined ? [] : [plain(`It is ${change.words}.`)]),
    ...(verdict === undefined ? [] : [plain(verdict.sentence)]),
  ].join('\n\n');
  const shown = formatNumber(figure.value, figure.unit);
  return {
    label: change === undefined ? shown : `${shown} ${change.sign}`,
    tooltip: () => Promise.resolve(tooltip),
  };
}

const signs = { met: '✓', 'not-met': '✗', 'not-computed': '?' } as const;

function thresholdHint(judged: JudgedThreshold | undefined): Pick<Hint, 'label' | 'tooltip'> | undefined {
  if (judged === undefined) return undefined;
  const label = judged.value === undefined ? signs[judged.outcome] : `${signs[judged.outcome]} ${judged.value}`;
  return { label, tooltip: () => Promise.resolve(wordJudged(judged)) };
}

async function policyHints({ context, uri, parsed, signal }: HintRequest, add: AddHint): Promise<void> {
  const { draft } = parsed;
  for (const [index, control] of listOf(mappingOf(draft)['controls']).entries())
    for (const [place, check] of listOf(mappingOf(control)['checks']).entries()) {
      if (typeof mappingOf(mappingOf(check)['assert'])['value'] !== 'number') continue;
      const path = ['controls', index, 'checks', place, 'assert', 'value'];
      await add(path, async () => thresholdHint(await judgeCheck(context, uri, draft, check, signal)));
    }
}

/** What a run would cost and take, beside `limits`, else beside the models. */
async function estimateHint({ context, uri, parsed, signal }: HintRequest, add: AddHint): Promise<void> {
  const draft = mappingOf(parsed.draft);
  await add([draft['limits'] === undefined || draft['limits'] === null ? 'models' : 'limits'], async () => {
    const estimate = await context.estimates.of(uri, parsed as ParsedDocument<'bench'>, signal);
    return estimate && { label: shortEstimate(estimate), tooltip: () => Promise.resolve(wordEstimate(estimate)) };
  });
}

/** `≈ 0.42 USD · ≈ 3 min 0 s · 1,200 requests`. */
function shortEstimate({ dryRun, requests, cost, time }: RunEstimate): string {
  return [
    ...(cost === undefined || requests === 0 ? [] : [`≈ ${formatNumber(cost, 'USD')}`]),
    ...(time === undefined ? [] : [`≈ ${shortTime(time.seconds)}`]),
    requests > 0 ? countOf(requests, 'request') : countOf(dryRun.samples, 'answer'),
  ].join(' · ');
}

/** An estimate is not known to the second. */
function shortTime(seconds: number): string {
  if (seconds < 1) return '1 s';
  return seconds < 60 || seconds >= 3600 ? formatSeconds(Math.round(seconds)) : `${Math.round(seconds / 60)} min`;
}

async function datasetHints({ context, uri, parsed, signal }: HintRequest, add: AddHint): Promise<void> {
  const places: DocumentPath[] =
    parsed.kind === 'bench'
      ? [['dataset']]
      : Object.keys(mappingOf(mappingOf(parsed.draft)['aspects']))
          .slice(0, 10)
          .flatMap(aspect => {
            const several = listOf(draftAt(parsed.draft, ['aspects', aspect, 'datasets'])).slice(0, 16);
            return [
              ['aspects', aspect, 'dataset'],
              ...several.map((_, index): DocumentPath => ['aspects', aspect, 'datasets', index]),
            ];
          });
  for (const at of places) {
    const dataset = mappingOf(draftAt(parsed.draft, at));
    const place = placeOf(context, uri, dataset);
    if (place === undefined) continue;
    await add([...at, 'path'], async () => {
      const reading = await context.datasets.known(place);
      if (reading?.isWhole !== true) return undefined;
      return { label: countOf(reading.rows, 'row'), tooltip: () => describeDataset(context, uri, dataset, signal) };
    });
  }
}
