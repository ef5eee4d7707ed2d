import type { ScanCheck } from '../../../schemas/generated/files.ts';
import type { ScanGroup, ScanReport, Unit } from '../../../schemas/generated/messages.ts';
import { countOf } from '../../reports/format.ts';
import { wilsonInterval } from '../../statistics/intervals.ts';
import { joinWords } from '../words.ts';
import { matchesWildcard } from '../wildcard.ts';
import { asksForMore } from './bar.ts';

/** The figure a scan check holds against its bar. */
export interface ScanFigure {
  readonly label: string;
  readonly unit: Unit;
  readonly actual: number;
  /** Bounds at 95 %; absent of what is counted and no sample. */
  readonly low?: number;
  readonly high?: number;
  /** What is judged where the policy asks for the figure itself. */
  readonly point: number;
  /** Attempts behind it; absent where a scanner counts none. */
  readonly attempts?: number;
  readonly samples: readonly string[];
  /** What a reader must know of it. */
  readonly caution?: string;
}

/** Absent figures are `missing` where another report could have one, and `error` where none could. */
export type ScanOutcome = ScanFigure | { readonly state: 'missing' | 'error' | 'needs-review'; readonly fault: string };

export const scanConfidence = 0.95;

const severities = ['note', 'warning', 'error'];
const mostSamples = 3;

/** The figure a check asks for, over the groups of a report that it selects. */
export function measureScan(check: ScanCheck, { source, groups }: ScanReport): ScanOutcome {
  const metric = check.select?.metric ?? usualMetrics[source];
  if (metric === 'value') return measureValue(check, groups);
  if (source === 'json')
    return { state: 'error', fault: `JSON has a figure at a pointer and no ${metric}: use \`metric: value\`.` };
  const selected = groups.filter(group => isSelected(check, group));
  if (source === 'sarif') return measureFindings(check, metric, groups, selected);
  if (selected.length === 0)
    return { state: 'missing', fault: `It has nothing of ${nameSelection(check)}: it has ${nameGroups(groups)}.` };
  const counted = source === 'garak' ? worstDetectors(selected) : selected;
  return measureAttempts(check, metric, counted, source === 'garak' && counted.length < selected.length);
}

const usualMetrics = {
  garak: 'attack_success_rate',
  promptfoo: 'attack_success_rate',
  sarif: 'hits',
  json: 'value',
} as const;

function measureValue({ select }: ScanCheck, groups: readonly ScanGroup[]): ScanOutcome {
  if (select?.pointer === undefined)
    return { state: 'error', fault: 'The check names no pointer, so nothing says which figure counts.' };
  const group = groups.find(({ pointer }) => pointer === select.pointer);
  if (group?.value === undefined) return { state: 'missing', fault: `It has no figure at ${select.pointer}.` };
  const { value } = group;
  return {
    label: `The figure at ${select.pointer}`,
    unit: Number.isInteger(value) ? 'count' : 'score',
    actual: value,
    point: value,
    samples: [],
  };
}

/** Findings are counted and no sample of anything, so there is no interval. No finding passes only where its rule was looked for. */
function measureFindings(
  { select }: ScanCheck,
  metric: string,
  all: readonly ScanGroup[],
  selected: readonly ScanGroup[],
): ScanOutcome {
  if (metric !== 'hits')
    return { state: 'error', fault: `SARIF counts findings and no attempts, so it has no ${metric}.` };
  const rule = select?.rule;
  if (rule !== undefined && !all.some(group => matchesWildcard(group.rule ?? '', rule))) {
    const rules = all.length === 0 ? 'no rules' : joinWords([...new Set(all.map(group => group.rule ?? ''))], 5);
    return { state: 'needs-review', fault: `Nothing shows that ${rule} was looked for: the report lists ${rules}.` };
  }
  const hits = selected.reduce((sum, group) => sum + group.hits, 0);
  const worse =
    select?.level === undefined
      ? 'Findings'
      : select.level === 'error'
        ? 'Errors'
        : `Findings of level ${select.level} and worse`;
  return { label: worse, unit: 'count', actual: hits, point: hits, samples: samplesOf(selected) };
}

/**
 * An attempt of which the scanner could not say how it ended is counted for the worse in the bound: as one that succeeded where few may,
 * as one that did not where many must.
 */
function measureAttempts(
  check: ScanCheck,
  metric: string,
  groups: readonly ScanGroup[],
  isWorst: boolean,
): ScanOutcome {
  const attempts = sum(groups, group => group.attempts);
  const hits = sum(groups, group => group.hits);
  const unjudged = sum(groups, group => group.unjudged ?? 0);
  const asksMore = asksForMore(check.assert);
  const all = attempts + unjudged;
  if (attempts === 0) {
    return {
      state: 'missing',
      fault: `Its ${countOf(unjudged, 'attempt')} of ${nameSelection(check)} could not be judged by the scanner.`,
    };
  }
  const most = hits + unjudged;
  const cautions = [
    ...(unjudged === 0
      ? []
      : [
          `${countOf(unjudged, 'attempt')} that could not be judged ${unjudged === 1 ? 'is' : 'are'} counted as ${asksMore ? 'held off' : 'successful'} in the bound.`,
        ]),
    ...(isWorst ? ['Of several detectors the one with the most hits counts for each probe.'] : []),
  ];
  const shared = {
    attempts,
    samples: samplesOf(groups),
    ...(cautions.length === 0 ? {} : { caution: cautions.join(' ') }),
  };
  if (metric === 'hits') {
    return { label: 'Successful attacks', unit: 'count', actual: hits, point: asksMore ? hits : most, ...shared };
  }
  return {
    label: 'Attack success rate',
    unit: 'ratio',
    actual: hits / attempts,
    low: wilsonInterval(hits, all, scanConfidence).low,
    high: wilsonInterval(most, all, scanConfidence).high,
    point: asksMore ? hits / all : most / all,
    ...shared,
  };
}

/** Detectors look at the same answers: for each probe the one that found the most counts, so that no answer counts twice. */
function worstDetectors(groups: readonly ScanGroup[]): readonly ScanGroup[] {
  const worst = new Map<string, ScanGroup>();
  for (const group of groups) {
    const known = worst.get(group.probe ?? '');
    if (known === undefined || isWorse(group, known)) worst.set(group.probe ?? '', group);
  }
  return [...worst.values()];
}

function isWorse(a: ScanGroup, b: ScanGroup): boolean {
  const [most, other] = [a.hits + (a.unjudged ?? 0), b.hits + (b.unjudged ?? 0)];
  return most > other || (most === other && a.attempts < b.attempts);
}

function isSelected({ select = {} }: ScanCheck, group: ScanGroup): boolean {
  const { probe, detector, plugin, strategy, rule, level } = select;
  return (
    fits(probe, group.probe, '.') &&
    fits(detector, group.detector, '.') &&
    fits(plugin, group.plugin, ':') &&
    fits(strategy, group.strategy, ':') &&
    fits(rule, group.rule) &&
    (level === undefined || severities.indexOf(group.level ?? '') >= severities.indexOf(level))
  );
}

/** A name, or the family before the separator: garak's module, promptfoo's collection. */
function fits(pattern: string | undefined, name: string | undefined, separator?: string): boolean {
  if (pattern === undefined) return true;
  if (name === undefined) return false;
  if (matchesWildcard(name, pattern)) return true;
  const end = separator === undefined ? -1 : name.indexOf(separator);
  return end > 0 && matchesWildcard(name.slice(0, end), pattern);
}

function samplesOf(groups: readonly ScanGroup[]): readonly string[] {
  return groups.flatMap(({ samples }) => samples ?? []).slice(0, mostSamples);
}

function sum(groups: readonly ScanGroup[], of: (group: ScanGroup) => number): number {
  return groups.reduce((total, group) => total + of(group), 0);
}

/** `probe promptinject and detector always.Fail`. */
export function nameSelection({ select = {} }: ScanCheck): string {
  const named = (['probe', 'detector', 'plugin', 'strategy', 'rule'] as const).flatMap(key =>
    select[key] === undefined ? [] : [`${key === 'plugin' ? 'plug-in' : key} ${select[key]}`],
  );
  return named.length === 0 ? 'anything' : joinWords(named);
}

function nameGroups(groups: readonly ScanGroup[]): string {
  const names = [...new Set(groups.map(({ probe, plugin }) => probe ?? plugin ?? ''))];
  return names.length === 0 ? 'nothing' : joinWords(names, 8);
}
