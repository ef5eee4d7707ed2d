import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Trainer } from '../../engine/ports/trainer.ts';
import type { JobBundle } from '../../engine/tuning/platform.ts';

const unavailable = (): Promise<never> => Promise.reject(new Error('There is no trainer here.'));

/** Of tests that train and ask no model of Transformers. */
export const noTrainer: Trainer = {
  inspect: unavailable,
  permit: unavailable,
  create: unavailable,
  remove: unavailable,
  room: unavailable,
  train: unavailable,
  answer: unavailable,
};

/** A small job of text generation whose base lies in `folder/base`. */
export function makeBundle(folder: string, runId = 'r1'): JobBundle {
  const rows = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => ({ text: `${name} ${String(at)}`, label: `expected ${String(at)}` }));
  const facts = { aspect: 'core-performance', weight: 1 } as const;
  return {
    runId,
    name: 'tiny',
    task: 'text-generation',
    base: { kind: 'folder', path: path.join(folder, 'base') },
    method: { name: 'lora', rank: 4, alpha: 8, dropout: 0, merge: false },
    inputs: [
      { ...facts, role: 'train', digest: 'a', rows: rows('train', 4) },
      { ...facts, role: 'validation', digest: 'b', rows: rows('validation', 2) },
      { ...facts, role: 'test', digest: 'c', rows: rows('test', 2).map(({ text }) => ({ text })) },
    ],
    output: `runs/aiwb-${runId}`,
    labels: [],
    hyperparameters: { epochs: 1, learningRate: 0.01, l2: 0 },
    seed: 7,
    evaluation: {
      metrics: ['exact-match'],
      every: { steps: 4 },
      select: { aspect: 'core-performance', metric: 'loss', label: 'Loss', direction: 'lower' },
      limit: 8,
      maxTokens: 8,
    },
    bootDeadline: 60,
    trainingDigest: 'd',
  };
}

/** What a trainer of `makeBundle` writes into `folder/out`: its files, and the events that name them. */
export function trainerOutput(folder: string, sha256: (text: string) => string): { readonly lines: readonly object[] } {
  const out = path.join(folder, 'out');
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(out, name)), { recursive: true });
    writeFileSync(path.join(out, name), text);
  };
  const answers = (...outputs: readonly (string | undefined)[]): string =>
    outputs
      .flatMap((output, row) => (output === undefined ? [] : [{ aspect: 'core-performance', row, output }]))
      .map(line => `${JSON.stringify(line)}\n`)
      .join('');
  write('answers/0.jsonl', answers('nothing', 'nothing'));
  write('answers/4.jsonl', answers('expected 0', 'nothing'));
  write('answers/base.jsonl', answers('x', 'y'));
  write('answers/tuned.jsonl', `${answers('answer 0')}{"aspect":"core-per`);
  write('checkpoints/4/adapter_model.safetensors', 'adapter');
  write('checkpoints/4/adapter_config.json', '{}');
  const measured = (step: number, loss: number) => ({
    event: 'measurement',
    at: 1,
    step,
    epoch: step / 4,
    trainingLoss: step === 0 ? null : loss,
    seconds: 1,
    aspects: [{ aspect: 'core-performance', rows: 2, loss }],
    answers: `answers/${String(step)}.jsonl`,
  });
  const file = (name: string, text: string) => ({ path: name, digest: sha256(text), bytes: text.length });
  return {
    lines: [
      { event: 'phase', at: 1, phase: 'training', totalSteps: 4 },
      measured(0, 5),
      { event: 'loss', at: 1, step: 4, epoch: 1, loss: 4.5 },
      measured(4, 4),
      { event: 'checkpoint', at: 1, step: 4, epoch: 1, best: true },
      { event: 'note', at: 1, message: 'Two rows were cut.' },
      { event: 'heartbeat', at: 1 },
      {
        event: 'result',
        at: 1,
        stoppedEarly: false,
        checkpoints: [
          {
            step: 4,
            epoch: 1,
            best: true,
            last: true,
            format: 'peft',
            folder: 'checkpoints/4',
            files: [file('adapter_model.safetensors', 'adapter'), file('adapter_config.json', '{}')],
          },
        ],
        answers: { base: 'answers/base.jsonl', tuned: 'answers/tuned.jsonl' },
      },
    ],
  };
}
