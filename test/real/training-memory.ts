import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { estimateMemory, type MemoryQuestion } from '../../engine/tuning/memory.ts';
import type { Checks } from './main.ts';
import { trainerPython } from './trainer.ts';

interface TrainedShape extends Omit<MemoryQuestion, 'parameters' | 'task' | 'precision' | 'onProcessor'> {
  readonly heads: number;
}

const small = { vocabulary: 8000, hidden: 512, intermediate: 1376, layers: 8, heads: 8 };
const full = { method: 'full', rank: 0, gradientCheckpointing: false } as const;
const lora = { method: 'lora', rank: 16, gradientCheckpointing: false } as const;

/** The first eight are those that the factors were fitted to. */
const trainedShapes: readonly TrainedShape[] = [
  { ...small, ...full, batchSize: 2, maxLength: 256 },
  { ...small, ...full, batchSize: 2, maxLength: 256, gradientCheckpointing: true },
  { ...small, ...lora, batchSize: 2, maxLength: 256 },
  { ...small, ...full, batchSize: 8, maxLength: 256 },
  { ...small, ...full, vocabulary: 32_000, layers: 2, batchSize: 4, maxLength: 512 },
  {
    ...small,
    ...lora,
    rank: 64,
    intermediate: 2048,
    layers: 6,
    batchSize: 8,
    maxLength: 512,
    gradientCheckpointing: true,
  },
  {
    vocabulary: 2000,
    hidden: 768,
    intermediate: 2048,
    layers: 12,
    heads: 12,
    ...lora,
    rank: 8,
    batchSize: 4,
    maxLength: 256,
  },
  { ...small, ...full, hidden: 256, intermediate: 688, heads: 4, batchSize: 1, maxLength: 2048 },
  { vocabulary: 16_000, hidden: 384, intermediate: 1024, layers: 6, heads: 6, ...full, batchSize: 4, maxLength: 256 },
  { vocabulary: 4000, hidden: 640, intermediate: 1728, layers: 8, heads: 10, ...lora, batchSize: 4, maxLength: 384 },
  { ...small, ...full, vocabulary: 4000, layers: 12, batchSize: 4, maxLength: 512, gradientCheckpointing: true },
];

/** Largest error that docs/platforms.md states. */
const bound = 0.15;

/** The memory estimate against the largest resident sets of real trainings on this processor. */
export async function checkTrainingMemory({ check }: Checks): Promise<void> {
  const python = trainerPython();
  await check(`the memory estimate is within ${bound * 100} % of real trainings`, async () => {
    const script = path.join(import.meta.dirname, 'training_memory.py');
    const trainer = path.join(import.meta.dirname, '../../trainer');
    const printed = execFileSync(python, [script, trainer], {
      input: JSON.stringify(trainedShapes),
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const measured = printed
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { parameters: number; peakBytes: number });
    assert.equal(measured.length, trainedShapes.length);
    for (const [at, { parameters, peakBytes }] of measured.entries()) {
      const shape = trainedShapes[at];
      assert.ok(shape !== undefined);
      const { total } = estimateMemory({
        ...shape,
        parameters,
        task: 'text-generation',
        precision: 'float32',
        onProcessor: true,
      });
      const ratio = peakBytes / total;
      const { method, batchSize, maxLength, layers = 0, hidden = 0, vocabulary = 0 } = shape;
      console.log(
        `  ${method}, ${layers} × ${hidden}, ${vocabulary} words, ${batchSize} × ${maxLength} tokens: ${(peakBytes / 1e9).toFixed(2)} GB measured, ${(total / 1e9).toFixed(2)} GB estimated, ratio ${ratio.toFixed(2)}`,
      );
      assert.ok(Math.abs(ratio - 1) <= bound, `ratio ${ratio}`);
    }
  });
}
