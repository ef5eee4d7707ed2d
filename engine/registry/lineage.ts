import type {
  AspectResult,
  Checkpoint,
  DatasetLineage,
  Identity,
  Lineage,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { Digest } from '../ports/digest.ts';
import type { RunSpec } from '../ports/run-spec.ts';

interface Origin {
  readonly report: TuningReport;
  readonly spec: RunSpec;
  readonly model: string;
  readonly checkpoint: Checkpoint;
  readonly author: Identity;
  /** The model's versions so far. */
  readonly earlier: readonly LocalVersion[];
  readonly digest: Digest;
}

/** Where a checkpoint comes from: its run, base, data and settings. The trainer is who asked for the run. */
export function lineageOf(origin: Origin): Lineage {
  const { report, spec, checkpoint, author, digest } = origin;
  const parentVersion = parentOf(origin);
  return {
    runId: report.run.id,
    job: report.run.name,
    file: report.run.file,
    fileDigest: digest.sha256(spec.text),
    epoch: checkpoint.epoch,
    base: { name: report.base, ...(report.baseDigest === undefined ? {} : { digest: report.baseDigest }) },
    ...(parentVersion === undefined ? {} : { parentVersion }),
    trainer: spec.requestedBy ?? author,
    datasets: report.aspects.flatMap(datasetsOf),
    prompts: [],
    hyperparameters: report.hyperparameters,
    ...(report.environment === undefined ? {} : { environment: report.environment }),
  };
}

function datasetsOf({ aspect, dataset, datasets = [dataset], card, ...rows }: AspectResult): DatasetLineage[] {
  const shared = { aspect, path: datasets.join(', '), ...(card === undefined ? {} : { card }) };
  const test: DatasetLineage = { role: 'test', digest: rows.datasetDigest, rows: rows.testRows, ...shared };
  if (rows.trainingDigest === undefined) return [test];
  return [{ role: 'train', digest: rows.trainingDigest, rows: rows.trainingRows, ...shared }, test];
}

/** The version of the same model whose weights the training started from, under whatever name the job knew them. */
function parentOf({ report, spec, model, earlier }: Origin): string | undefined {
  const base = Object.hasOwn(spec.trained ?? {}, report.base) ? spec.trained?.[report.base] : undefined;
  if (base === undefined) return undefined;
  if (base.model === model && base.version !== undefined) return base.version;
  return earlier.find(({ weightsDigest }) => weightsDigest === base.weightsDigest)?.version;
}
