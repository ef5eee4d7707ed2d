import type {
  Artifact,
  Identity,
  ModelIdentity,
  Report,
  VariantResult,
  VersionReference,
} from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { shortPrompt } from '../reports/format.ts';
import { ownHardware } from './own-hardware.ts';
import { metricArtifacts } from './metric-artifacts.ts';
import { parameterArtifacts } from './tuning-artifacts.ts';

/** Who publishes where nobody is known to have asked for the run. */
const program: Identity = { name: 'AI Workbench', email: 'workbench@localhost', assurance: 'self-asserted' };

/**
 * Adds a finished benchmark run's figures, dataset and settings to every version whose weights it asked, under whatever name, here or where
 * they are served.
 * A run is published once: its artifacts carry its id, and what is there already stays as it is. Returns the versions it asked.
 * Throws `usage` for a run that is no benchmark's or did not succeed.
 */
export async function publishRun(
  runId: string,
  store: Store,
  signal: AbortSignal,
  actor?: Identity,
): Promise<readonly VersionReference[]> {
  const record = await store.getRun(runId);
  const report = requireReport(record);
  const asked = new Set(record.variants.flatMap(digestsOf));
  const published: VersionReference[] = [];
  for (const { model, version, modelDigest } of await findAsked(store, asked, signal)) {
    const artifacts = artifactsFor(record, report, modelDigest);
    await store.registry.addArtifacts(model, version, artifacts, actor ?? record.spec.requestedBy ?? program);
    published.push({ model, version });
  }
  return published;
}

/**
 * The digests of versions that a variant's figures are of: the model's own, and the registered one's where that is known to have answered
 * or where workbench.yaml says so. What a registry says of an endpoint that cannot be verified is no version's figure.
 */
export function digestsOf({
  modelDigest = '',
  identity,
}: {
  readonly modelDigest?: string;
  readonly identity?: ModelIdentity;
}): readonly string[] {
  const counts = identity?.state === 'verified' || identity?.by === 'connection';
  return counts && identity.modelDigest !== undefined ? [modelDigest, identity.modelDigest] : [modelDigest];
}

/** Throws `usage` for a run that is no benchmark's or did not succeed. */
export function requireReport({ summary, report }: RunRecord): Report {
  if (summary.kind === 'prompt') {
    throw new WorkbenchError('usage', `Run ${summary.id} is the trial of a prompt: it measures nothing to publish.`, {
      remedy: 'Measure the model with a benchmark that asks with the prompt.',
    });
  }
  if (summary.kind !== 'benchmark') {
    throw new WorkbenchError(
      'usage',
      `Run ${summary.id} is a tuning run; its figures come with the version it becomes.`,
      {
        remedy: `Register it: \`aiwb registry register ${summary.id} --model my-model\`.`,
      },
    );
  }
  if (summary.state === 'succeeded' && report !== undefined) return report;
  throw new WorkbenchError(
    'usage',
    `Run ${summary.id} of ${summary.name} is ${summary.state}: its figures are not final.`,
    {
      remedy: summary.resumable === true ? `Finish it first: \`aiwb run --resume ${summary.id}\`.` : 'Run it again.',
    },
  );
}

/** Archived ones too: what was measured was measured. */
export async function findAsked(
  { registry }: Pick<Store, 'registry'>,
  digests: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly LocalVersion[]> {
  return registry.findByModelDigest([...digests], signal);
}

function artifactsFor(record: RunRecord, report: Report, modelDigest: string): Artifact[] {
  const { summary, dataset, environment } = record;
  const results = resultsOf(report, modelDigest);
  const hardware = ownHardware(record, results);
  const prompts = new Set(report.variants.map(({ promptDigest }) => promptDigest));
  const timestamp = summary.endedAt ?? report.createdAt;
  return [
    ...results.flatMap(result =>
      metricArtifacts(result.metrics, {
        runId: summary.id,
        task: taskOf(summary.name, result, prompts.size > 1),
        scope: 'custom',
        timestamp,
        ...(result.identity === undefined ? {} : { identity: result.identity.state }),
        ...(dataset === undefined ? {} : { datasetDigest: dataset.digest }),
      }).map(artifact => ({
        ...artifact,
        ...(hardware === undefined ? {} : { hardwareType: hardware.type }),
        ...(hardware?.count === undefined ? {} : { hardwareCount: hardware.count }),
      })),
    ),
    ...(dataset === undefined
      ? []
      : [
          {
            artifactType: 'dataset-artifact' as const,
            name: `${summary.id}/${summary.name}`,
            digest: dataset.digest,
            rows: dataset.rows,
            uri: dataset.path,
            role: 'benchmark' as const,
          },
        ]),
    ...parameterArtifacts(summary.id, {
      seed: environment?.seed,
      workbench: environment?.workbench,
      file_digest: environment?.fileDigest,
      hardware_type: environment?.platform,
      hardware_count: environment?.cpus,
      prompt_digest: results.length === 1 ? results[0]?.promptDigest : undefined,
    }),
  ];
}

/** Results of one model, one for each prompt. It may have been asked under two names; the figures of the first count. */
export function resultsOf({ variants }: Report, modelDigest: string): VariantResult[] {
  const asked = variants.filter(variant => digestsOf(variant).includes(modelDigest));
  return asked.filter(
    (result, index) => asked.findIndex(({ promptDigest }) => promptDigest === result.promptDigest) === index,
  );
}

/** Figures of several prompts are figures of several tasks: `covenants.covenant-short`. */
export function taskOf(name: string, { prompt }: VariantResult, several: boolean): string {
  return prompt === undefined || !several ? name : `${name}.${shortPrompt(prompt)}`;
}
