import { choice, fields, flow, items, stop, type Fields, type Sketch, type Snippet } from './sketch.ts';

const aspect = (path: string, more: Readonly<Record<string, Sketch>> = {}): Fields =>
  fields({
    dataset: fields({
      path: stop(path),
      input: stop('text'),
      target: stop('label'),
      split: flow(fields({ field: stop('split'), train: stop('train'), test: stop('test') })),
    }),
    ...more,
  });

/** What a tuning job is usually made of. */
export const tuneSnippets: readonly Snippet[] = [
  {
    at: '',
    label: 'tuning job',
    detail: 'One aspect: the task itself',
    whole: true,
    sketch: fields({
      name: stop('tuned'),
      base: 'embedded:linear',
      aspects: fields({ 'core-performance': aspect('data/rows.jsonl') }),
      evaluation: fields({ metrics: items('accuracy') }),
    }),
  },
  {
    at: '',
    label: 'tuning job with three aspects',
    detail: 'The task, noisy rows and groups of people; registered at the end',
    whole: true,
    sketch: fields({
      name: stop('tuned'),
      base: 'embedded:linear',
      aspects: fields({
        'core-performance': aspect('data/rows.jsonl'),
        robustness: aspect('data/noisy.jsonl'),
        'ethical-alignment': aspect('data/groups.jsonl'),
      }),
      evaluation: fields({
        metrics: items('accuracy', fields({ f1: flow(fields({ average: choice('macro', 'micro', 'weighted') })) })),
        select: flow(
          fields({ aspect: choice('robustness', 'core-performance', 'ethical-alignment'), metric: 'accuracy' }),
        ),
      }),
      limits: flow(fields({ deadline: stop('PT10M') })),
      register: fields({ model: stop('tuned'), alias: stop('candidate') }),
    }),
  },
  {
    at: '',
    label: 'tuning job: chat model with an adapter',
    detail: 'Conversations, LoRA, split by shares',
    whole: true,
    sketch: fields({
      name: stop('assistant-tuned'),
      base: stop('hub:HuggingFaceTB/SmolLM2-135M-Instruct'),
      platform: stop('local'),
      method: fields({ lora: flow(fields({ rank: stop('16') })) }),
      aspects: fields({
        'core-performance': fields({
          dataset: fields({
            path: stop('data/chat.jsonl'),
            messages: stop('messages'),
            split: flow(fields({ test: stop('20%') })),
          }),
        }),
      }),
      hyperparameters: flow(fields({ epochs: stop('3'), learningRate: stop('0.0002') })),
      evaluation: fields({ metrics: items('exact-match', 'rouge') }),
    }),
  },
  {
    at: '',
    label: 'tuning job: speech recognition',
    detail: 'Sounds with what is said in them, measured by word errors',
    whole: true,
    sketch: fields({
      name: stop('speech-tuned'),
      base: stop('hub:openai/whisper-tiny'),
      task: 'automatic-speech-recognition',
      aspects: fields({
        'core-performance': fields({
          dataset: fields({
            path: stop('data/speech.jsonl'),
            audio: stop('audio'),
            target: stop('transcript'),
            split: flow(fields({ test: stop('20%'), group: stop('speaker') })),
          }),
        }),
      }),
      evaluation: fields({ metrics: items('wer', 'cer') }),
    }),
  },
  {
    at: '',
    label: 'search: several hyperparameters',
    detail: 'One run a combination; the best is registered',
    sketch: fields({
      search: fields({
        strategy: choice('grid', 'random'),
        parameters: fields({
          learningRate: flow(items(stop('0.0001'), stop('0.0003'))),
          rank: flow(items(stop('8'), stop('16'))),
        }),
      }),
    }),
  },
  ...(['core-performance', 'robustness', 'ethical-alignment'] as const).map((name): Snippet => ({
    at: 'aspects',
    label: `${name} with slices`,
    detail: 'An aspect whose figures are also told by slice',
    sketch: fields({
      [name]: fields({
        dataset: fields({
          path: stop('data/rows.jsonl'),
          input: stop('text'),
          target: stop('label'),
          split: flow(fields({ field: stop('split'), train: stop('train'), test: stop('test') })),
          slices: flow(items(stop('group'))),
        }),
      }),
    }),
  })),
  {
    at: '',
    label: 'limits: deadline and budget',
    detail: 'When training stops, and what it may cost',
    sketch: fields({ limits: fields({ deadline: stop('PT10M'), budget: stop('5.00 USD') }) }),
  },
  {
    at: '',
    label: 'register: with a card',
    detail: 'The best checkpoint becomes a registered version',
    sketch: fields({
      register: fields({
        model: stop('model'),
        alias: stop('candidate'),
        card: stop('cards/model.md'),
        license: stop('Apache-2.0'),
      }),
    }),
  },
];
