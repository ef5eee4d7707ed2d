import type { JobBundle } from '../../engine/tuning/platform.ts';

/** The least a platform's client looks at. */
export function makeTinyBundle(change: Partial<JobBundle> = {}): JobBundle {
  return {
    runId: 'run1',
    name: 'capitals',
    task: 'text-generation',
    base: { kind: 'hub', id: 'acme/tiny' },
    method: { name: 'full' },
    inputs: [],
    output: 'runs/aiwb-run1',
    labels: [],
    hyperparameters: { epochs: 1, learningRate: 0.001, l2: 0 },
    seed: 1,
    evaluation: {
      metrics: [],
      every: { epochs: 1 },
      select: { aspect: 'core-performance', metric: 'loss', label: 'Loss', direction: 'lower' },
      limit: 1,
      maxTokens: 1,
    },
    bootDeadline: 600,
    trainingDigest: '0'.repeat(64),
    ...change,
  };
}
