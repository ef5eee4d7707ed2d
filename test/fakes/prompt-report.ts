import type {
  PromptAnswer,
  PromptCase,
  PromptReport,
  RunSummary,
  TriedModel,
} from '../../schemas/generated/messages.ts';

const started = Date.UTC(2026, 10, 21, 14, 37);

const run: RunSummary = {
  id: '20261121-143700-trial',
  name: 'Ticket triage',
  kind: 'prompt',
  file: 'prompts/triage.prompt.yml',
  state: 'succeeded',
  origin: 'editor',
  createdAt: started,
  startedAt: started,
  endedAt: started + 4_200,
  archived: false,
  resumable: false,
  progress: { total: 6, done: 6, failed: 1, reused: 0, errors: { timeout: 1 }, cost: 0.0042, variants: [] },
  headlines: [],
};

const inputs = [
  'My card was charged twice for the same order, and nobody answers the phone.',
  'subject: The app does not start\nbody: Since the update this morning the app closes again before I can log in. I have a phone of 2021.',
];

const texts: readonly (readonly [string, string])[] = [
  [
    'billing — the customer was charged twice and wants the second charge back.',
    'billing — the customer was charged two times and wants a refund of the second charge.',
  ],
  [
    'technical\n\nThe app crashes at start since the update; the phone is old but supported.',
    'technical: the app crashes at start. Ask which version is installed.',
  ],
];

/** The trial of a prompt in a few cases, with a failure, an answer from the cache, tool calls and an answer that is cut. */
export function makePromptReport(changes: Partial<PromptReport> = {}): PromptReport {
  return {
    run,
    createdAt: started + 5_000,
    prompt: {
      name: 'Ticket triage',
      file: 'prompts/triage.prompt.yml',
      digest: 'a3'.repeat(32),
      variables: ['text'],
      messages: [
        { role: 'system', text: 'You sort support tickets into billing, technical, account and other.' },
        { role: 'user', text: 'Sort this ticket and say why in one sentence:\n\n{{text}}' },
      ],
    },
    models: [
      model(0, 'gpt', { p50: 812, first: 210, cost: 0.0042, cached: 1 }),
      model(1, 'local-granite', { p50: 1_934, first: 95 }),
      { ...model(2, 'house', {}), answered: 1, failed: 1, failures: { timeout: 1 } },
    ],
    rows: inputs.length,
    repeats: 1,
    cases: inputs.map((input, row): PromptCase => ({
      row,
      input,
      ...(row === 0 ? { target: 'billing', slices: { channel: 'phone' } } : {}),
      answers: answersOf(row),
    })),
    notes: ['1 answer came from the cache: not paid for again, and without latency.'],
    ...changes,
  };
}

function answersOf(row: number): PromptAnswer[] {
  const [gpt = '', local = ''] = texts[row] ?? [];
  const usage = { inputTokens: 64, outputTokens: 22, attempts: 1 };
  return [
    row === 1
      ? { variant: 0, repeat: 0, sample: 4, text: gpt, ...usage, cost: 0.0021, cached: true, attempts: 0 }
      : { variant: 0, repeat: 0, sample: 1, text: gpt, latencyMs: 812.4, firstTokenMs: 210.1, ...usage, cost: 0.0021 },
    {
      variant: 1,
      repeat: 0,
      sample: 2 + row * 3,
      text: local,
      latencyMs: 1_934,
      firstTokenMs: 95.2,
      ...usage,
      finishReason: 'length',
    },
    row === 1
      ? {
          variant: 2,
          repeat: 0,
          sample: 6,
          attempts: 3,
          failure: {
            class: 'timeout',
            message: 'No complete answer within 60 s at http://localhost:8000/v1/chat/completions.',
          },
        }
      : {
          variant: 2,
          repeat: 0,
          sample: 3,
          text: 'A very long answer that goes on. '.repeat(90),
          characters: 1_250_000,
          ...usage,
          toolCalls: [{ name: 'refund', arguments: '{"order": 17, "amount": 12.5}' }],
        },
  ];
}

interface Figures {
  readonly p50?: number;
  readonly first?: number;
  readonly cost?: number;
  readonly cached?: number;
}

function model(variant: number, name: string, { p50, first, cost, cached = 0 }: Figures): TriedModel {
  const figure = (metric: string, label: string, value: number | undefined) => ({
    metric,
    label,
    kind: 'latency' as const,
    unit: 'ms' as const,
    direction: 'lower' as const,
    value: value ?? null,
    n: value === undefined ? 0 : 2,
  });
  return {
    variant,
    model: name,
    asked: 2,
    answered: 2,
    failed: 0,
    cached,
    metrics: [
      figure('latency.p50', 'Latency, p50', p50),
      figure('time-to-first-token.p50', 'Time to first token, p50', first),
      {
        metric: 'tokens.input',
        label: 'Input tokens',
        kind: 'usage',
        unit: 'tokens',
        direction: 'neutral',
        value: 128,
        n: 2,
      },
      {
        metric: 'tokens.output',
        label: 'Output tokens',
        kind: 'usage',
        unit: 'tokens',
        direction: 'neutral',
        value: 44,
        n: 2,
      },
    ],
    ...(cost === undefined ? {} : { cost }),
    failures: {},
  };
}
