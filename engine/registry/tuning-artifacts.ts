import type {
  Artifact,
  AspectResult,
  Checkpoint,
  DatasetArtifact,
  MetricArtifact,
  ParameterArtifact,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import { metricArtifacts } from './metric-artifacts.ts';

/**
 * A tuning run's datasets, figures and settings as artifacts of the version made of one of its checkpoints. The test rows were
 * asked of the best checkpoint alone: a version made of another one gets no figures that were never measured on it.
 */
export function tuningArtifacts(report: TuningReport, checkpoint: Checkpoint, now: number): Artifact[] {
  const best = report.checkpoints.find(candidate => candidate.best);
  const measured = best?.digest === checkpoint.digest;
  return [
    ...report.aspects.flatMap(aspect => datasetsOf(report, aspect)),
    ...(measured ? report.aspects.flatMap(aspect => metricsOf(report, aspect, now)) : []),
    ...parametersOf(report, checkpoint),
  ];
}

/** `ticket-triage.robustness`: a tuning job's aspect where benchmarks have their name. */
function taskOf({ run }: TuningReport, { aspect }: AspectResult): string {
  return `${run.name}.${aspect}`;
}

function datasetsOf(report: TuningReport, aspect: AspectResult): DatasetArtifact[] {
  const prefix = `${report.run.id}/${taskOf(report, aspect)}`;
  const shared = { artifactType: 'dataset-artifact', uri: aspect.dataset } as const;
  const { datasetDigest, testRows, trainingDigest, trainingRows } = aspect;
  return [
    ...(trainingDigest === undefined
      ? []
      : [{ ...shared, name: `${prefix}/train`, role: 'train', digest: trainingDigest, rows: trainingRows } as const]),
    { ...shared, name: `${prefix}/test`, role: 'test', digest: datasetDigest, rows: testRows },
  ];
}

function metricsOf(report: TuningReport, aspect: AspectResult, now: number): MetricArtifact[] {
  return metricArtifacts(aspect.metrics, {
    runId: report.run.id,
    task: taskOf(report, aspect),
    scope: 'tuning',
    datasetDigest: aspect.datasetDigest,
    timestamp: report.run.endedAt ?? now,
  });
}

function parametersOf(report: TuningReport, checkpoint: Checkpoint): ParameterArtifact[] {
  const { epoch } = checkpoint;
  const { run, base, method, platform, infrastructure, environment, hyperparameters } = report;
  const values: Record<string, string | number | boolean | undefined> = {
    ...hyperparameters,
    base,
    method,
    platform,
    epoch,
    seed: environment?.seed,
    task: report.task,
    step: checkpoint.step,
    hardware_type: infrastructure?.hardware,
    hardware_count: environment?.cpus,
    gpu: infrastructure?.gpu,
    gpu_seconds: infrastructure?.gpuSeconds,
    training_tokens: infrastructure?.tokens,
    cost_usd: infrastructure?.cost,
  };
  return parameterArtifacts(run.id, values);
}

/** Settings of a run, one artifact each; what is not known is left out. */
export function parameterArtifacts(
  runId: string,
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): ParameterArtifact[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ artifactType: 'parameter' as const, name: `${runId}/${name}`, value, runId }],
  );
}
