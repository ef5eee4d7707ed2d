import type { Artifact, DocArtifact, MetricArtifact, Report, VariantResult } from '../../schemas/generated/messages.ts';
import type { RunRecord } from '../ports/store.ts';
import { keyPart } from '../registry/keys.ts';
import type { Parcel } from './content.ts';
import { rawResults, rawResultsName, type RawResultsPorts } from './raw-results.ts';
import { runArtifacts, toolOf, type RunTerms } from './run-artifacts.ts';

/** A run's results for one version. */
export interface RunResults {
  readonly record: RunRecord;
  readonly report: Report;
  /** Those of the version. */
  readonly results: readonly VariantResult[];
  /** Whether the weights that answered are the version's, by their digest. */
  readonly verified: boolean;
}

/**
 * A run's results as they are added to a version that has these artifacts already. Results are never changed: where the run's are there
 * under other terms, they are added once more under names that tell the terms.
 */
export function runParcels(
  { record, report, results, verified }: RunResults,
  terms: RunTerms,
  there: readonly Artifact[],
  ports: RawResultsPorts,
  signal: AbortSignal,
): Parcel[] {
  const artifacts = runArtifacts(record, report, results, terms, verified);
  const known = new Map(there.flatMap(one => (one.artifactType === 'metric' ? [[one.name, one] as const] : [])));
  const raw: DocArtifact = {
    artifactType: 'doc-artifact',
    name: rawResultsName(record.summary.id),
    uri: '',
    runId: record.summary.id,
    title: `Results of ${record.summary.name}`,
    ...toolOf(record),
  };
  return [
    { artifact: raw, content: () => rawResults(record, report, terms, ports, signal) },
    ...artifacts.map(artifact => ({
      artifact: artifact.artifactType === 'metric' ? nameApart(artifact, known) : artifact,
    })),
  ];
}

function nameApart(figure: MetricArtifact, known: ReadonlyMap<string, MetricArtifact>): MetricArtifact {
  const there = known.get(figure.name);
  if (there === undefined || (there.scope === figure.scope && there.useCase === figure.useCase)) return figure;
  const { scope, useCase, runId, task, metric } = figure;
  const apart = useCase === undefined ? scope : `${scope}.${keyPart(useCase)}`;
  return { ...figure, name: `${runId}/${apart}/${task}/${metric}` };
}

/** The terms that a run's figures were published under, as artifacts tell; absent where there are none of it. */
export function termsThere(runId: string, there: readonly Artifact[]): Pick<RunTerms, 'scope' | 'useCase'> | undefined {
  const found = there.find(
    (one): one is MetricArtifact => one.artifactType === 'metric' && one.runId === runId && one.scope !== 'tuning',
  );
  if (found === undefined || found.scope === 'tuning') return undefined;
  return { scope: found.scope, ...(found.useCase === undefined ? {} : { useCase: found.useCase }) };
}
