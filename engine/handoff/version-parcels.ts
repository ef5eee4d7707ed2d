import type { Artifact, MetricArtifact } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { RunRecord } from '../ports/store.ts';
import { keys } from '../registry/keys.ts';
import { resultsOf } from '../registry/publish.ts';
import type { Parcel } from './content.ts';
import type { HandoffPorts } from './ports.ts';
import type { RunTerms } from './run-artifacts.ts';
import { runParcels, termsThere } from './run-parcels.ts';

/** What figures of benchmarks are published as, where nobody said so when they were measured. */
export type FigureTerms = Partial<Pick<RunTerms, 'scope' | 'useCase'>>;

/**
 * What is with a version here as it goes elsewhere. Its benchmarks' results are made anew from their runs, on private terms; figures
 * that are there already keep the terms they have there.
 */
export async function versionParcels(
  local: LocalVersion,
  terms: FigureTerms,
  there: readonly Artifact[],
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<readonly Parcel[]> {
  const { store } = ports;
  const artifacts = await store.registry.listArtifacts(local.model, local.version, signal);
  const runs = new Map<string, RunRecord>();
  for (const runId of new Set(artifacts.filter(isMeasuredHere).map(figure => figure.runId))) {
    const record = await findRun(runId, ports);
    if (record?.report !== undefined) runs.set(runId, record);
  }
  const isOfRun = ({ name }: Artifact): boolean => runs.has(name.slice(0, Math.max(0, name.indexOf('/'))));
  const parcels: Parcel[] = artifacts
    .filter(artifact => artifact.artifactType === 'model-artifact' || !isOfRun(artifact))
    .map(artifact => ({ artifact: forOthers(artifact, terms) }));
  for (const [runId, record] of runs) {
    const { report } = record;
    if (report === undefined) continue;
    const results = { record, report, results: resultsOf(report, local.modelDigest), verified: true };
    const own = termsThere(runId, there) ?? termsOf(terms, record.summary.name);
    parcels.push(...runParcels(results, { ...own, private: true }, there, ports, signal));
  }
  return parcels;
}

/** Records of its life cycle that are kept with a version as files: a step that was taken is not told without them. */
export async function recordParcels(
  { model, version }: LocalVersion,
  { store }: HandoffPorts,
  signal: AbortSignal,
): Promise<readonly Parcel[]> {
  const artifacts = await store.registry.listArtifacts(model, version, signal);
  return artifacts
    .filter(({ artifactType, name }) => artifactType === 'doc-artifact' && /^(promotion|scorecard|approval)/.test(name))
    .map(artifact => ({ artifact: forOthers(artifact, {}) }));
}

/** Custom figures belong to a use case: the benchmark's own where none is named. */
export function termsOf({ scope = 'custom', useCase }: FigureTerms, benchmark: string) {
  return scope === 'baseline' ? { scope } : { scope, useCase: useCase ?? benchmark };
}

function isMeasuredHere(artifact: Artifact): artifact is MetricArtifact {
  return (
    artifact.artifactType === 'metric' &&
    artifact.scope !== 'tuning' &&
    artifact.customProperties?.[keys.origin] === undefined
  );
}

async function findRun(runId: string, { store }: HandoffPorts): Promise<RunRecord | undefined> {
  try {
    const record = await store.getRun(runId);
    return record.summary.id === runId && record.summary.kind === 'benchmark' ? record : undefined;
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'run-not-found') return undefined;
    throw error;
  }
}

/** Without what only this machine can follow. */
function forOthers(given: Artifact, terms: FigureTerms): Artifact {
  const artifact = omit(given, 'id') as Artifact;
  switch (artifact.artifactType) {
    case 'dataset-artifact': {
      const { uri } = artifact;
      return uri === undefined || isLocalPath(uri) ? { ...omit(artifact, 'uri'), private: true } : artifact;
    }
    case 'doc-artifact':
      return omit(artifact, 'path');
    case 'metric':
      return artifact.scope === 'custom' && artifact.useCase === undefined
        ? { ...artifact, ...termsOf(terms, artifact.task) }
        : artifact;
    default:
      return artifact;
  }
}

/** Whether an address leads nowhere but on this machine: a path, or a file's address. */
function isLocalPath(uri: string): boolean {
  return !/^[a-z][a-z0-9+.-]+:/i.test(uri) || /^file:/i.test(uri);
}
