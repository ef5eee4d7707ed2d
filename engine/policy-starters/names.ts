import type { MetricCheck, Policy } from '../../schemas/generated/files.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { indexLines } from '../documents/lines.ts';
import type { ParsedDocument } from '../documents/parse.ts';

/** A team's own names by those that a template uses. */
export interface GivenNames {
  readonly benchmarks: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, string>>;
  readonly slices: Readonly<Record<string, string>>;
}

type Sort = keyof GivenNames;

/** Every metric check of a policy. */
export function metricChecksOf(policy: Policy): readonly MetricCheck[] {
  return (policy.controls ?? []).flatMap(({ checks = [] }) =>
    checks.filter((check): check is MetricCheck => check.type === 'metric'),
  );
}

/** The names with those that a policy made of the template before goes by, where none was given. */
export function learnNames(names: GivenNames, template: Policy, own: Policy): GivenNames {
  const learnt: {
    benchmarks: Record<string, string>;
    metrics: Record<string, string>;
    slices: Record<string, string>;
  } = { benchmarks: {}, metrics: {}, slices: {} };
  const checks = new Map(metricChecksOf(own).map(check => [check.id, check]));
  for (const check of metricChecksOf(template)) {
    const other = checks.get(check.id);
    if (other === undefined) continue;
    learnt.benchmarks[check.benchmark] ??= other.benchmark;
    learnt.metrics[check.metric] ??= other.metric;
    if (check.slice !== undefined && other.slice !== undefined) learnt.slices[check.slice] ??= other.slice;
  }
  return {
    benchmarks: { ...learnt.benchmarks, ...names.benchmarks },
    metrics: { ...learnt.metrics, ...names.metrics },
    slices: { ...learnt.slices, ...names.slices },
  };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A template's text with the given names wherever its checks and tests use the template's; everything else stays as it is written. */
export function replaceNames(parsed: ParsedDocument<'policy'>, names: GivenNames): string {
  const { text, value } = parsed;
  const lines = indexLines(text);
  const edits: Edit[] = [];
  const replace = (sort: Sort, written: string | undefined, path: DocumentPath, part: 'key' | 'value'): void => {
    const name = written !== undefined && Object.hasOwn(names[sort], written) ? names[sort][written] : undefined;
    if (name === undefined || name === written) return;
    const { start, end } = parsed.locate(path, part);
    edits.push({ start: lines.offsetAt(start), end: lines.offsetAt(end), text: writeScalar(name) });
  };
  for (const [index, { checks = [] }] of (value?.controls ?? []).entries()) {
    for (const [at, check] of checks.entries()) {
      if (check.type !== 'metric') continue;
      const path = ['controls', index, 'checks', at];
      replace('benchmarks', check.benchmark, [...path, 'benchmark'], 'value');
      replace('metrics', check.metric, [...path, 'metric'], 'value');
      replace('slices', check.slice, [...path, 'slice'], 'value');
    }
  }
  for (const [index, { model }] of (value?.tests ?? []).entries()) {
    for (const [benchmark, figures] of Object.entries(model.metrics ?? {})) {
      const path = ['tests', index, 'model', 'metrics', benchmark];
      replace('benchmarks', benchmark, path, 'key');
      for (const [metric, { slices = {} }] of Object.entries(figures)) {
        replace('metrics', metric, [...path, metric], 'key');
        for (const column of Object.keys(slices)) replace('slices', column, [...path, metric, 'slices', column], 'key');
      }
    }
  }
  return replaceInHead(applyEdits(text, edits), names.benchmarks);
}

/** The comment above a template says what each of its benchmarks is to measure, one a line. */
function replaceInHead(text: string, benchmarks: GivenNames['benchmarks']): string {
  return text
    .split('\n')
    .map(line => {
      const name = Object.keys(benchmarks).find(each => line.startsWith(`#   ${each} `));
      return name === undefined ? line : `#   ${benchmarks[name] ?? name}${line.slice(4 + name.length)}`;
    })
    .join('\n');
}

/** Later places first, so that earlier offsets stay. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, text: own }) => result.slice(0, start) + own + result.slice(end), text);
}

/** Plain where nothing can be misread, else as JSON, which is YAML too. */
function writeScalar(name: string): string {
  return /^[A-Za-z][A-Za-z0-9._-]*$/.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name);
}
