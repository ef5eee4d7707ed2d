import { WorkbenchError } from '../base/errors.ts';
import type { ImportedFigure, ImportedRun, ImportedSample, ImportedVariant } from './imported.ts';
import { countFrom, dateFrom, fieldsOf, itemsOf, numberFrom, optional, rowText, textFrom } from './values.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a GuideLLM report (`benchmarks.json`, schema 1 and 2) as one run whose variants are its loads. The figures are GuideLLM's own, under
 * GuideLLM's definitions: latencies by the wall clock, rates as duration-weighted distributions, percentiles by step.
 */
export function readGuideLlm(file: unknown, path: string): ImportedRun {
  const { benchmarks, metadata } = fieldsOf(file);
  const list = itemsOf(benchmarks).map(fieldsOf);
  if (list.length === 0) {
    throw new WorkbenchError('file-invalid', `${path} is no GuideLLM report: it holds no benchmarks.`, {
      remedy: 'Give the JSON that GuideLLM wrote (benchmarks.json).',
      place: { path },
    });
  }
  const first = fieldsOf(list[0]?.['config'] ?? list[0]?.['args']);
  const started = numberFrom(list[0]?.['start_time']) ?? numberFrom(fieldsOf(list[0]?.['run_stats'])['start_time']);
  return {
    tool: 'guidellm',
    toolVersion: textFrom(fieldsOf(metadata)['guidellm_version']),
    name: `load of ${modelOf(list[0] ?? {}, fieldsOf(file))}`,
    createdAt: dateFrom(started),
    dataset: rowText(fieldsOf(first['requests'])['data'] ?? fieldsOf(file)['data'] ?? 'GuideLLM requests').slice(
      0,
      200,
    ),
    variants: list.map(benchmark => describeLoad(benchmark, fieldsOf(file))),
    scores: [],
    repeats: 1,
    notes: [
      'Figures are GuideLLM’s own, by its definitions (profile guidellm): first token by wall clock, percentiles by step.',
    ],
    async *samples(signal) {
      for (const [variant, benchmark] of list.entries()) {
        signal.throwIfAborted();
        const requests = fieldsOf(benchmark['requests']);
        const done = itemsOf(requests['successful']).map((request, row) =>
          readRequest(fieldsOf(request), variant, row),
        );
        const failed = [...itemsOf(requests['errored']), ...itemsOf(requests['incomplete'])].map((request, index) =>
          readFailure(fieldsOf(request), variant, done.length + index),
        );
        const all = [...done, ...failed];
        for (let start = 0; start < all.length; start += 500) yield all.slice(start, start + 500);
      }
    },
  };
}

function modelOf(benchmark: Fields, file: Fields): string {
  const config = fieldsOf(benchmark['config'] ?? benchmark['args']);
  const backend = fieldsOf(config['backend']);
  const worker = fieldsOf(benchmark['worker']);
  const candidates = [
    backend['model'],
    worker['backend_model'],
    config['model'],
    fieldsOf(file['args'])['model'],
    file['model'],
  ];
  return candidates.map(textFrom).find(Boolean) ?? 'unknown';
}

function describeLoad(benchmark: Fields, file: Fields): ImportedVariant {
  const config = fieldsOf(benchmark['config'] ?? benchmark['args']);
  const strategy = fieldsOf(config['strategy']);
  return {
    model: modelOf(benchmark, file),
    prompt: loadName(strategy),
    figures: figuresOf(fieldsOf(benchmark['metrics'])),
    settings: { strategy, constraints: config['constraints'], backend: fieldsOf(config['backend'])['target'] },
  };
}

/** `constant at 8/s`, `concurrent with 4 streams`, `synchronous`. */
function loadName(strategy: Fields): string {
  const type = textFrom(strategy['type_']) ?? textFrom(strategy['strategy_type']) ?? 'load';
  const rate = numberFrom(strategy['rate']);
  const streams = countFrom(strategy['streams']);
  if (rate !== undefined) return `${type} at ${String(Math.round(rate * 100) / 100)}/s`;
  return streams === undefined ? type : `${type} with ${streams} streams`;
}

interface Distribution {
  readonly metric: string;
  readonly id: string;
  readonly label: string;
  readonly unit: ImportedFigure['unit'];
  readonly kind: ImportedFigure['kind'];
  readonly direction: ImportedFigure['direction'];
  /** Milliseconds in one unit of the file. */
  readonly scale: number;
  readonly percentiles: readonly string[];
}

const latencyPercentiles = ['p50', 'p90', 'p95', 'p99'];
const distributions: readonly Distribution[] = [
  time('request_latency', 'latency', 'Latency', 1000),
  time('time_to_first_token_ms', 'time-to-first-token', 'Time to first token', 1),
  time('inter_token_latency_ms', 'inter-token-latency', 'Inter-token latency', 1),
  time('time_per_output_token_ms', 'time-per-output-token', 'Time per output token', 1),
  rate('requests_per_second', 'requests-per-second', 'Requests per second', 'higher'),
  rate('output_tokens_per_second', 'output-tokens-per-second', 'Output tokens per second', 'higher'),
  rate('tokens_per_second', 'tokens-per-second', 'Tokens per second', 'higher'),
  rate('request_concurrency', 'concurrency', 'Concurrency', 'neutral'),
];

function time(metric: string, id: string, label: string, scale: number): Distribution {
  const percentiles = latencyPercentiles;
  return { metric, id, label, unit: 'ms', kind: 'latency', direction: 'lower', scale, percentiles };
}

function rate(metric: string, id: string, label: string, direction: 'higher' | 'neutral'): Distribution {
  return { metric, id, label, unit: 'count', kind: 'usage', direction, scale: 1, percentiles: [] };
}

function figuresOf(metrics: Fields): ImportedFigure[] {
  return distributions.flatMap(({ metric, id, label, scale, percentiles, ...shape }) => {
    const distribution = fieldsOf(fieldsOf(metrics[metric])['successful']);
    const n = countFrom(distribution['count']) ?? 0;
    const figure = (part: string, value: unknown): ImportedFigure[] => {
      const number = numberFrom(value);
      return number === undefined || n === 0
        ? []
        : [{ ...shape, id: `${id}.${part}`, label: `${label}, ${part}`, value: number * scale, n }];
    };
    const points = fieldsOf(distribution['percentiles']);
    return [...figure('mean', distribution['mean']), ...percentiles.flatMap(part => figure(part, points[part]))];
  });
}

function readRequest(request: Fields, variant: number, row: number): ImportedSample {
  const timings = fieldsOf(
    fieldsOf(request['info'] ?? request['scheduler_info'])['timings'] ?? request['request_timings'],
  );
  const start = numberFrom(timings['request_start']) ?? numberFrom(request['start_time']);
  const end = numberFrom(timings['request_end']) ?? numberFrom(request['end_time']);
  const first =
    numberFrom(timings['first_token_iteration']) ??
    numberFrom(timings['first_iteration']) ??
    numberFrom(request['first_token_time']);
  const latency = numberFrom(request['request_latency']);
  return {
    variant,
    row,
    repeat: 0,
    input: promptOf(request),
    target: '',
    slices: {},
    output: rowText(request['output']),
    scores: {},
    ...optional('latencyMs', latency === undefined ? between(start, end) : latency * 1000),
    ...optional('firstTokenMs', numberFrom(request['time_to_first_token_ms']) ?? between(start, first)),
    ...optional('inputTokens', tokens(request, 'input_metrics', 'prompt_tokens')),
    ...optional('outputTokens', tokens(request, 'output_metrics', 'output_tokens')),
  };
}

function readFailure(request: Fields, variant: number, row: number): ImportedSample {
  const said = textFrom(request['error']) ?? textFrom(fieldsOf(request['info'])['error']);
  const message = said ?? 'GuideLLM ended before this request did.';
  return {
    variant,
    row,
    repeat: 0,
    input: promptOf(request),
    target: '',
    slices: {},
    scores: {},
    failure: { class: said === undefined ? 'timeout' : 'server', message },
  };
}

/** The user's words where they can be found, else the request as it was sent. */
function promptOf(request: Fields): string {
  const given = request['prompt'] ?? request['request_args'];
  if (typeof given !== 'string') return rowText(given);
  if (!given.startsWith('{')) return given;
  try {
    const body = fieldsOf(fieldsOf(JSON.parse(given))['body']);
    const last = itemsOf(body['messages']).map(fieldsOf).at(-1)?.['content'];
    const parts = itemsOf(last).map(part => textFrom(fieldsOf(part)['text']) ?? '');
    return (parts.length > 0 ? parts.join('') : textFrom(last)) ?? textFrom(body['prompt']) ?? given;
  } catch {
    return given; // Not JSON after all: the text itself is what was sent.
  }
}

function tokens(request: Fields, metrics: string, direct: string): number | undefined {
  return (
    countFrom(request[direct]) ??
    countFrom(fieldsOf(request[metrics])['text_tokens']) ??
    countFrom(fieldsOf(request[metrics])['total_tokens'])
  );
}

function between(start: number | undefined, end: number | undefined): number | undefined {
  return start === undefined || end === undefined || end < start ? undefined : (end - start) * 1000;
}
