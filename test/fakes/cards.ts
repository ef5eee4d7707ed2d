import type { CardRecord } from '../../engine/cards/card-record.ts';
import type { Artifact, MetricArtifact } from '../../schemas/generated/messages.ts';
import { makeAssessmentSummary, makeModel, makeVersion } from './versions.ts';

export function makeFigure(changes: Partial<MetricArtifact> = {}): MetricArtifact {
  const { runId = 'run-1', task = 'core', metric = 'accuracy' } = changes;
  return {
    artifactType: 'metric',
    name: `${runId}/${task}/${metric}`,
    metric,
    label: 'Accuracy',
    value: 0.8125,
    unit: 'ratio',
    direction: 'higher',
    n: 480,
    low: 0.775,
    high: 0.845,
    confidence: 0.95,
    runId,
    task,
    scope: 'custom',
    datasetDigest: 'd'.repeat(64),
    timestamp: Date.UTC(2026, 10, 20),
    ...changes,
  };
}

/** A tuned, measured and assessed version, with everything that a card can say of one. */
export function makeCardRecord(changes: Partial<CardRecord> = {}): CardRecord {
  const artifacts: Artifact[] = [
    { artifactType: 'model-artifact', name: 'weights', uri: 'blob:sha256:a', modelFormatName: 'safetensors' },
    {
      artifactType: 'dataset-artifact',
      name: 'run-1/core',
      digest: 'd'.repeat(64),
      rows: 480,
      uri: 'data/tickets.jsonl',
      role: 'benchmark',
    },
    { artifactType: 'parameter', name: 'run-1/hardware_type', value: 'NVIDIA H100', runId: 'run-1' },
    { artifactType: 'parameter', name: 'run-1/hardware_count', value: 8, runId: 'run-1' },
    { artifactType: 'parameter', name: 'tune-1/method', value: 'lora', runId: 'tune-1' },
    makeFigure(),
    makeFigure({ metric: 'latency.p50', label: 'Latency, p50', value: 12, unit: 'ms', direction: 'lower' }),
  ];
  return {
    model: makeModel({
      name: 'ticket-triage',
      description: 'Names what a ticket asks for.',
      owner: 'triage-team@marlo.example',
      license: 'Apache-2.0',
      tasks: ['Text classification', 'routing'],
      language: ['EN', 'en-SG', 'German', 'de'],
    }),
    details: makeVersion(
      {
        model: 'ticket-triage',
        version: '3',
        lineage: {
          runId: 'tune-1',
          job: 'ticket-triage-tuned',
          file: 'ticket-triage.tune.yaml',
          base: { name: 'acme/small' },
          datasets: [
            {
              role: 'train',
              aspect: 'core-performance',
              path: 'data/tickets.jsonl',
              digest: 'e'.repeat(64),
              rows: 656,
              card: {
                path: 'data/tickets.card.md',
                digest: 'f'.repeat(64),
                license: 'mit',
                piiReview: { by: 'Ada', on: '2026-10-12', result: 'none found' },
              },
            },
          ],
          prompts: [],
          hyperparameters: { epochs: 15, learningRate: 1e-7 },
        },
      },
      { artifacts, assessments: [makeAssessmentSummary()] },
    ),
    slices: [],
    asked: [],
    ...changes,
  };
}

/** Texts and numbers that readers of YAML take for something else, unless they are written with care. */
export function awkwardCardRecord(): CardRecord {
  const record = makeCardRecord();
  const figures = [1e-7, 1.5e21, 0, 1, 0.1 + 0.2].map((value, index) =>
    makeFigure({
      metric: `m${String(index)}`,
      label: '1e5',
      value,
      unit: 'score',
      task: 'no: #1',
      low: -1e-9,
      high: 1e-9,
    }),
  );
  return {
    ...record,
    model: {
      ...record.model,
      name: '2026-10-12',
      tasks: [
        'off',
        'null',
        '12:30:45',
        '- x',
        "it's",
        '"q"',
        'a: b # c',
        'é\u2028x',
        '~',
        '0o17',
        '1_000',
        'x\ty',
        '=',
        '<<',
      ],
      language: ['no', 'NO', 'en'],
      license: 'Yes',
      licenseLink: 'https://acme.example/a?b#c',
    },
    details: { ...record.details, artifacts: [...record.details.artifacts, ...figures] },
  };
}
