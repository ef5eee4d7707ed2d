import type { Headline, RunProgress, RunSummary, Unit } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { isEnded } from '../../schemas/run-states.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A figure with its unit: `82.1 %`, `412 ms`, `1.8 s`, `$0.0042`, `1,234 tokens`. */
export function formatFigure(value: number, unit: Unit | undefined): string {
  switch (unit) {
    case 'ratio':
      return `${(value * 100).toFixed(1)} %`;
    case 'ms':
      return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${formatNumber(value, value < 10 ? 2 : 0)} ms`;
    case 'USD':
      return `$${value !== 0 && Math.abs(value) < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`;
    case 'tokens':
      return t('{0} tokens', formatNumber(value, 0));
    case 'points':
      return formatNumber(value, 1);
    case 'score':
      return formatNumber(value, 3);
    case 'count':
      return formatNumber(value, Number.isInteger(value) ? 0 : 2);
    case undefined:
      return formatNumber(value, 3);
  }
}

/** Making one takes longer than using it a hundred times, and a view draws many rows at once. */
const numberFormats = new Map<number, Intl.NumberFormat>();
const momentFormats = new Map<string | undefined, Intl.DateTimeFormat>();

function formatNumber(value: number, digits: number): string {
  const known = numberFormats.get(digits);
  const format = known ?? new Intl.NumberFormat('en-US', { maximumFractionDigits: digits });
  if (known === undefined) numberFormats.set(digits, format);
  return format.format(value);
}

/** A label as it reads in the middle of a sentence: `Accuracy` becomes `accuracy`, `F1 (macro)` stays. */
export function toInline(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** The best of a run's leading figures: the lowest time or cost, else the highest value. */
export function bestHeadline(headlines: readonly Headline[]): Headline | undefined {
  const [first, ...rest] = headlines;
  if (first === undefined) return undefined;
  const lower = first.unit === 'ms' || first.unit === 'USD';
  return rest
    .filter(headline => headline.label === first.label)
    .reduce(
      (best, headline) => (headline.value < best.value === lower && headline.value !== best.value ? headline : best),
      first,
    );
}

/** How long ago, in the coarsest unit that still says something; both in milliseconds since the epoch. */
export function formatAgo(time: number, now: number): string {
  const age = Math.max(0, now - time);
  if (age < minuteMs) return t('just now');
  if (age < hourMs) return t('{0} min ago', Math.floor(age / minuteMs));
  if (age < dayMs) return t('{0} h ago', Math.floor(age / hourMs));
  const days = Math.floor(age / dayMs);
  return days === 1 ? t('1 day ago') : t('{0} days ago', days);
}

/** A span of time in words: `12 s`, `3 min`, `1 h 20 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return t('under 1 s');
  const seconds = Math.round(milliseconds / secondMs);
  if (seconds < 90) return t('{0} s', seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t('{0} min', minutes);
  return t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** Whole percent done, from 0 to 100; a run is not 100 % before its last sample is. */
export function percentDone(progress: RunProgress): number {
  if (progress.total <= 0) return 0;
  return Math.min(100, Math.floor((progress.done / progress.total) * 100));
}

/** How far a tuning run is: `epoch 12 of 25`. */
export function formatEpochs({ done, total }: RunProgress): string {
  return t('epoch {0} of {1}', done, total);
}

/** What a run under way is doing: `45 % · 3 min left`, `epoch 12 of 25 · 8 s left`, or the phase before that. */
export function formatProgress(run: RunSummary): string {
  const { progress } = run;
  if (run.state === 'queued') return t('queued');
  if (run.state === 'cancelling') return t('cancelling');
  if (progress.waitingFor !== undefined) return t('waiting for a VS Code window to lend its model');
  if (run.state === 'provisioning') return progress.phase ?? t('starting');
  if (progress.done === 0 && progress.phase !== undefined) return progress.phase;
  const isTuning = run.kind === 'tune';
  const parts = [isTuning ? formatEpochs(progress) : `${percentDone(progress)} %`];
  if (progress.secondsLeft !== undefined) parts.push(t('{0} left', formatDuration(progress.secondsLeft * 1000)));
  if (progress.failed > 0 && !isTuning) parts.push(t('{0} failed', formatNumber(progress.failed, 0)));
  return parts.join(' · ');
}

/** How a run that ended came out: its best figure, or the way it ended. */
export function formatOutcome(run: RunSummary): string {
  const best = bestHeadline(run.headlines);
  const figure = best === undefined ? undefined : `${formatFigure(best.value, best.unit)} ${toInline(best.label)}`;
  switch (run.state) {
    case 'succeeded':
      return figure ?? t('done');
    case 'failed':
      return t('failed');
    case 'cancelled':
      return run.kind === 'tune'
        ? t('cancelled at {0}', formatEpochs(run.progress))
        : t('cancelled at {0} %', percentDone(run.progress));
    case 'lost':
      return run.kind === 'tune'
        ? t('lost at {0}', formatEpochs(run.progress))
        : t('lost at {0} %', percentDone(run.progress));
    default:
      return formatProgress(run);
  }
}

/**
 * One line for a tree or a lens: `82.1 % accuracy · 2 min ago`, or live progress.
 * @param change how the figure differs from another, in words
 */
export function describeRun(run: RunSummary, now: number, change?: string): string {
  if (!isEnded(run.state)) return formatProgress(run);
  const outcome = formatOutcome(run);
  const parts = [change === undefined ? outcome : `${outcome} (${change})`];
  if (run.gate === 'not-met') parts.push(t('gate not met'));
  parts.push(formatAgo(run.endedAt ?? run.createdAt, now));
  return parts.join(' · ');
}

/** The moment a run was started, in the reader's own time zone: `21 Nov, 14:02`. */
export function formatMoment(time: number, locale?: string): string {
  const known = momentFormats.get(locale);
  const format =
    known ?? new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  if (known === undefined) momentFormats.set(locale, format);
  return format.format(time);
}
