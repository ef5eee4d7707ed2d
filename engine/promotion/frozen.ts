import { canonicalJson } from '../../schemas/canonical.ts';
import type { Artifact, AssessmentRecord, FrozenDigests } from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { RunRecord } from '../ports/store.ts';
import { cardsOf, storedAtOf } from '../registry/version-cards.ts';

/** Digests of everything that a version's figures and approval rest on: data, prompts, policies, results and card. Sorted, each once. */
export async function freezeDigests(
  version: LocalVersion,
  artifacts: readonly Artifact[],
  { policies, assessedAt }: AssessmentRecord,
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
  signal: AbortSignal,
): Promise<FrozenDigests> {
  const runs: RunRecord[] = [];
  const asked = (await store.listRunsAsking(version.modelDigest)).filter(({ state }) => state === 'succeeded');
  for (const runId of unique([...runsOf(artifacts), ...asked.map(({ id }) => id)])) {
    signal.throwIfAborted();
    const run = await readRun(runId, store);
    if (run !== undefined) runs.push(run);
  }
  const datasets = [
    ...version.lineage.datasets.map(({ path, digest: sha256, role, rows }) => ({
      name: path,
      digest: sha256,
      role,
      rows,
    })),
    ...artifacts.flatMap(artifact =>
      artifact.artifactType !== 'dataset-artifact' || artifact.digest === undefined
        ? []
        : [
            {
              name: artifact.uri ?? artifact.name,
              digest: artifact.digest,
              role: artifact.role ?? 'benchmark',
              ...(artifact.rows === undefined ? {} : { rows: artifact.rows }),
            },
          ],
    ),
    ...runs.flatMap(({ dataset }) =>
      dataset === undefined
        ? []
        : [{ name: dataset.path, digest: dataset.digest, role: 'benchmark' as const, rows: dataset.rows }],
    ),
  ];
  const prompts = [
    ...version.lineage.prompts.map(({ path, digest: sha256 }) => ({ path, digest: sha256 })),
    ...runs.flatMap(({ report }) =>
      (report?.variants ?? []).flatMap(({ modelDigest, prompt, promptDigest }) =>
        modelDigest !== version.modelDigest || promptDigest === undefined
          ? []
          : [{ ...(prompt === undefined ? {} : { path: prompt }), digest: promptDigest }],
      ),
    ),
  ];
  const results = runs.flatMap(({ summary, report, tuning }) => {
    const content = report ?? tuning;
    if (content === undefined) return [];
    return [{ runId: summary.id, name: summary.name, digest: digest.sha256(canonicalJson(content)) }];
  });
  // The card that was assessed, not one that was written since.
  const card = cardsOf(artifacts).findLast(one => (storedAtOf(one) ?? version.createdAt) <= assessedAt);
  return {
    datasets: unique(datasets),
    prompts: unique(prompts),
    policies: unique(
      policies.map(({ id, version: number, digest: sha256 }) => ({ id, version: number, digest: sha256 })),
    ),
    results: unique(results),
    ...(card?.digest === undefined ? {} : { card: card.digest }),
  };
}

function runsOf(artifacts: readonly Artifact[]): readonly string[] {
  const ids = artifacts.flatMap(artifact =>
    'runId' in artifact && artifact.runId !== undefined ? [artifact.runId] : [],
  );
  return ids;
}

/** Runs that were deleted, or that lie in another store, are named by their artifacts alone. */
async function readRun(id: string, store: GovernancePorts['store']): Promise<RunRecord | undefined> {
  try {
    return await store.getRun(id);
  } catch (error) {
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}

function unique<T>(items: readonly T[]): T[] {
  const byText = new Map(items.map(item => [canonicalJson(item), item]));
  return [...byText.keys()].sort().flatMap(text => byText.get(text) ?? []);
}
