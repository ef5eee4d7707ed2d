import type {
  ComparedFigure,
  MetricArtifact,
  MetricValue,
  VersionComparison,
} from '../../schemas/generated/messages.ts';
import { leaderItems } from '../shared/leaders.ts';
import { figureOfArtifact } from '../shared/registry-words.ts';
import { showUnseen } from '../shared/text.ts';
import type { VerdictItem } from '../shared/verdicts.ts';

/** A metric of several versions, with the intervals their own artifacts hold. */
export interface ComparedRow {
  readonly figure: ComparedFigure;
  /** One a version; undefined where it was not measured on these rows. */
  readonly values: readonly (MetricValue | undefined)[];
}

export interface ComparedGroup {
  readonly task: string;
  readonly datasetDigest: string | undefined;
  readonly rows: readonly ComparedRow[];
}

/** Figures that may be held against one another, and those measured on rows no other version was measured on. */
export function splitFigures(comparison: VersionComparison): {
  readonly comparable: readonly ComparedGroup[];
  readonly apart: readonly ComparedGroup[];
} {
  const isComparable = ({ datasetDigest, values }: ComparedFigure): boolean =>
    datasetDigest !== undefined && values.filter(value => value !== null).length > 1;
  const { figures } = comparison;
  return {
    comparable: groupRows(comparison, figures.filter(isComparable)),
    apart: groupRows(
      comparison,
      figures.filter(figure => !isComparable(figure)),
    ),
  };
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
    group.rows.push({ figure, values });
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

/** The artifact the compared value was read from, for its interval and n; the bare value where it is not among them. */
function withInterval(
  { task, metric, label, unit, direction, datasetDigest }: ComparedFigure,
  value: number,
  artifacts: VersionComparison['versions'][number]['artifacts'],
): MetricValue {
  const found = artifacts.find(
    (artifact): artifact is MetricArtifact =>
      artifact.artifactType === 'metric' &&
      artifact.task === task &&
      artifact.metric === metric &&
      artifact.datasetDigest === datasetDigest &&
      artifact.value === value,
  );
  return found === undefined
    ? { metric, label, kind: 'quality', unit, direction, value, n: 0 }
    : figureOfArtifact(found);
}
