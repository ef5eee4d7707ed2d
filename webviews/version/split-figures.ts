import type {
  ComparedFigure,
  MetricArtifact,
  MetricValue,
  VersionComparison,
} from '../../schemas/generated/messages.ts';
import { leaderItems } from '../shared/leaders.ts';
import { figureOfArtifact, hardwareWords } from '../shared/registry-words.ts';
import { showUnseen } from '../shared/text.ts';
import type { VerdictItem } from '../shared/verdicts.ts';

/** A metric of several versions, with the intervals their own artifacts hold. */
export interface ComparedRow {
  readonly figure: ComparedFigure;
  /** One a version; undefined where it was not measured on these rows. */
  readonly values: readonly (MetricValue | undefined)[];
  /** One a version; undefined where nobody recorded it. */
  readonly hardware: readonly (string | undefined)[];
}

export interface ComparedGroup {
  readonly task: string;
  readonly datasetDigest: string | undefined;
  readonly rows: readonly ComparedRow[];
}

/** Figures that say how fast a model is, which its hardware decides as much as the model. */
const speed = /latency|ttft|tpot|itl|throughput|first[-_. ]?token|per[-_. ]?second|tokens[-_. ]?per|\brps\b|\btps\b/i;

/**
 * Figures that may be held against one another, and those measured on rows no other version was measured on, or speeds measured on
 * hardware that differs or that only some recorded.
 */
export function splitFigures(comparison: VersionComparison): {
  readonly comparable: readonly ComparedGroup[];
  readonly apart: readonly ComparedGroup[];
} {
  const isComparable = (figure: ComparedFigure): boolean =>
    figure.datasetDigest !== undefined &&
    figure.values.filter(value => value !== null).length > 1 &&
    isOnSameHardware(figure, comparison);
  const { figures } = comparison;
  return {
    comparable: groupRows(comparison, figures.filter(isComparable)),
    apart: groupRows(
      comparison,
      figures.filter(figure => !isComparable(figure)),
    ),
  };
}

function isOnSameHardware(figure: ComparedFigure, { versions }: VersionComparison): boolean {
  if (figure.unit !== 'ms' && !speed.test(figure.metric) && !speed.test(figure.label)) return true;
  const known = hardwareOf(figure, versions).filter((_, index) => typeof figure.values[index] === 'number');
  return new Set(known).size <= 1;
}

function hardwareOf(figure: ComparedFigure, versions: VersionComparison['versions']): (string | undefined)[] {
  return figure.values.map((value, index) => {
    const found = value === null ? undefined : artifactOf(figure, value, versions[index]?.artifacts ?? []);
    return found === undefined ? undefined : hardwareWords(found);
  });
}

function groupRows({ versions }: VersionComparison, figures: readonly ComparedFigure[]): readonly ComparedGroup[] {
  const groups = new Map<string, { task: string; datasetDigest: string | undefined; rows: ComparedRow[] }>();
  for (const figure of figures) {
    const { task, datasetDigest } = figure;
    const key = JSON.stringify([task, datasetDigest ?? null]);
    const group = groups.get(key) ?? { task, datasetDigest, rows: [] };
    const values = figure.values.map((value, index) =>
      value === null ? undefined : withInterval(figure, value, versions[index]?.artifacts ?? []),
    );
    group.rows.push({ figure, values, hardware: hardwareOf(figure, versions) });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** For each task the versions share rows of: who has the best figure, by the first metric that has a best. */
export function comparisonVerdicts(groups: readonly ComparedGroup[], names: readonly string[]): readonly VerdictItem[] {
  return groups.flatMap(({ task, rows }) => {
    const row = rows.find(({ figure }) => figure.direction !== 'neutral');
    if (row === undefined) return [];
    const { label, unit, direction } = row.figure;
    return leaderItems(showUnseen(task), { label, unit, direction, figures: row.values }, names);
  });
}

/** The compared value with its interval and n; bare where what it was read from is not among the artifacts. */
function withInterval(
  figure: ComparedFigure,
  value: number,
  artifacts: VersionComparison['versions'][number]['artifacts'],
): MetricValue {
  const { metric, label, unit, direction } = figure;
  const found = artifactOf(figure, value, artifacts);
  return found === undefined
    ? { metric, label, kind: 'quality', unit, direction, value, n: 0 }
    : figureOfArtifact(found);
}

/** The artifact the compared value was read from. */
function artifactOf(
  { task, metric, datasetDigest }: ComparedFigure,
  value: number,
  artifacts: VersionComparison['versions'][number]['artifacts'],
): MetricArtifact | undefined {
  return artifacts.find(
    (artifact): artifact is MetricArtifact =>
      artifact.artifactType === 'metric' &&
      artifact.task === task &&
      artifact.metric === metric &&
      artifact.datasetDigest === datasetDigest &&
      artifact.value === value,
  );
}
