import type { MetricValue } from '../../schemas/generated/messages.ts';
import { computeMoments, meanInterval } from '../statistics/intervals.ts';
import { createNumberList } from '../statistics/numbers.ts';
import { identify, ownSuffix } from './identity.ts';
import type { AggregateOptions, Aggregator, MetricDefinition } from './metric.ts';

export const tokens: MetricDefinition = {
  id: 'tokens',
  title: 'Tokens',
  description:
    'Tokens sent and received in all. Counts are the endpoint’s own, or marked as estimates. Reasoning tokens are part of the output tokens and told apart where an endpoint counts them.',
  formula: 'sum of input tokens; sum of output tokens; sum of reasoning tokens',
  source: 'The `usage` object of the endpoint’s answers.',
  kind: 'usage',
  unit: 'tokens',
  direction: 'neutral',
  figures: ['tokens.input', 'tokens.output'],
  streams: false,
  create(parameters) {
    const identity = identify('tokens', 'Tokens', parameters);
    const { id } = identity;
    return {
      ...identity,
      kind: 'usage',
      unit: 'tokens',
      direction: 'neutral',
      figures: [`${id}.input`, `${id}.output`],
      sometimes: [`${id}.reasoning`],
      startAggregate: () => sumTokens(id, ownSuffix(identity)),
    };
  },
};

export const cost: MetricDefinition = {
  id: 'cost',
  title: 'Cost',
  description: 'US dollars for all answers, and for a thousand of them, from the connection’s prices.',
  formula: 'input tokens × input price + output tokens × output price; mean × 1000',
  source: 'Prices in workbench.yaml, US dollars per million tokens; interval of the mean by Student’s t.',
  kind: 'cost',
  unit: 'USD',
  direction: 'lower',
  figures: ['cost', 'cost.perThousand'],
  streams: false,
  create(parameters) {
    const identity = identify('cost', 'Cost', parameters);
    const { id } = identity;
    return {
      ...identity,
      kind: 'cost',
      unit: 'USD',
      direction: 'lower',
      figures: [id, `${id}.perThousand`],
      startAggregate: () => sumCosts(id, ownSuffix(identity)),
    };
  },
};

function sumTokens(id: string, suffix: string): Aggregator {
  const input = { sum: 0, n: 0 };
  const output = { sum: 0, n: 0 };
  const reasoning = { sum: 0, n: 0 };
  let rows = 0;
  let estimated = false;
  function describe(metric: string, label: string, { sum, n }: { sum: number; n: number }): MetricValue {
    const base = {
      metric,
      label: `${label}${suffix}`,
      kind: 'usage',
      unit: 'tokens',
      direction: 'neutral',
      n,
    } satisfies Partial<MetricValue>;
    if (n === 0) return { ...base, value: null, note: 'No answer carried token counts.' };
    const note = n < rows ? { note: `${rows - n} of ${rows} answers carried no token counts.` } : {};
    return { ...base, value: sum, ...(estimated ? { estimated } : {}), ...note };
  }
  return {
    add({ inputTokens, outputTokens, reasoningTokens, estimatedTokens }) {
      rows++;
      if (estimatedTokens) estimated = true;
      if (inputTokens !== undefined) {
        input.sum += inputTokens;
        input.n++;
      }
      if (outputTokens !== undefined) {
        output.sum += outputTokens;
        output.n++;
      }
      if (reasoningTokens !== undefined) {
        reasoning.sum += reasoningTokens;
        reasoning.n++;
      }
    },
    values: () => [
      describe(`${id}.input`, 'Input tokens', input),
      describe(`${id}.output`, 'Output tokens', output),
      ...(reasoning.n === 0 ? [] : [describe(`${id}.reasoning`, 'Reasoning tokens', reasoning)]),
    ],
  };
}

function sumCosts(id: string, suffix: string): Aggregator {
  const costs = createNumberList();
  let rows = 0;
  let estimated = false;
  return {
    add(observation) {
      rows++;
      if (observation.cost === undefined) return;
      costs.push(observation.cost);
      if (observation.estimatedTokens) estimated = true;
    },
    values: options => describeCosts(id, suffix, costs.view(), rows, estimated, options),
  };
}

function describeCosts(
  id: string,
  suffix: string,
  costs: Float64Array,
  rows: number,
  estimated: boolean,
  { confidence }: AggregateOptions,
): MetricValue[] {
  const n = costs.length;
  const base = { kind: 'cost', unit: 'USD', direction: 'lower', n } satisfies Partial<MetricValue>;
  const total = { metric: id, label: `Cost${suffix}`, ...base };
  const perThousand = { metric: `${id}.perThousand`, label: `Cost per 1,000 answers${suffix}`, ...base };
  if (n === 0) {
    const note = 'No price is known for this model.';
    return [
      { ...total, value: null, note },
      { ...perThousand, value: null, note },
    ];
  }
  const moments = computeMoments(costs);
  const interval = meanInterval(moments, confidence);
  const bounds = interval
    ? { low: interval.low * 1000, high: interval.high * 1000, confidence, method: 'Student’s t' }
    : {};
  const remarks = {
    ...(estimated ? { estimated } : {}),
    ...(n < rows ? { note: `${rows - n} of ${rows} answers have no known cost.` } : {}),
  };
  return [
    { ...total, value: moments.mean * n, ...remarks },
    { ...perThousand, value: moments.mean * 1000, ...bounds, ...remarks },
  ];
}
