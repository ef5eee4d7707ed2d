import { keyPart } from '../registry/keys.ts';

/** What the Kubeflow model catalog calls the figures of a load. */
const distributions: Readonly<Record<string, string>> = {
  'time-to-first-token': 'ttft',
  latency: 'e2e',
  'inter-token-latency': 'itl',
  'time-per-output-token': 'tpot',
};
const rates: Readonly<Record<string, string>> = {
  'requests-per-second.mean': 'requests_per_second',
  'output-tokens-per-second.mean': 'output_tokens_per_second',
  'tokens-per-second.mean': 'tokens_per_second',
};

/** `ttft_p90` for `time-to-first-token.p90`; absent for what is no figure of a load. */
export function loadName(metric: string): string | undefined {
  if (Object.hasOwn(rates, metric)) return rates[metric];
  const [base = '', part, ...rest] = metric.split('.');
  if (part === undefined || rest.length > 0 || !Object.hasOwn(distributions, base)) return undefined;
  return /^(mean|p\d{1,2})$/.test(part) ? `${distributions[base] ?? base}_${part}` : undefined;
}

/** Longest part of a figure's name that tells its task. */
const longestTask = 40;

/**
 * What a task's figure is called among a version's properties. Those of a load have the catalog's names, and so does each figure of a
 * use case its metric's; where another task has taken that name already, or for any other baseline, the task stands before it.
 */
export function summaryName(
  scope: 'baseline' | 'custom',
  task: string,
  metric: string,
  taken: ReadonlySet<string>,
): string {
  const load = loadName(metric);
  const long = keyPart(`${keyPart(task).slice(0, longestTask)}_${load ?? keyPart(metric)}`);
  if (scope === 'baseline' && load === undefined) return long;
  const short = load ?? keyPart(metric);
  return taken.has(short) ? long : short;
}
