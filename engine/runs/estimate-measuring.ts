import { estimateTokens, priceOfTokens } from '../models/cost.ts';
import type { RunPlan } from './plan.ts';
import { priceOf } from '../models/connections.ts';
import { connectionNamed } from '../workspace/workspace.ts';
import { judgeNamed } from '../scoring/plan-measures.ts';

/** What measuring a whole run would cost, beside the models' own cost. */
export interface MeasuringEstimate {
  /** US dollars; absent where nothing measures or no price is known. */
  readonly cost: number | undefined;
  /** Connections that measure and whose cost is not in it, for no price is known. */
  readonly unpriced: readonly string[];
  readonly notes: readonly string[];
}

/** `answerCharacters` is how long an answer is taken to be. */
export function estimateMeasuring(plan: RunPlan, answerCharacters: number): MeasuringEstimate {
  const { scan, repeats, variants, measures, workspace } = plan;
  const samples = scan.rows * repeats * variants.length;
  const rowCharacters = scan.rows === 0 ? 0 : scan.inputCharacters / scan.rows;
  let requests = 0;
  let cost: number | undefined;
  const unpriced = new Set<string>();
  for (const { metric } of measures.measures) {
    // A comparison leaves out the baseline's own answers and shows two of them.
    const share = metric.pairs === undefined ? 1 : Math.max(0, variants.length - 1) / variants.length;
    for (const load of metric.needs?.load ?? []) {
      const name = judgeNamed(load.model, metric, workspace);
      const count = samples * share * load.requests;
      requests += count;
      const price = priceOf(connectionNamed(workspace, name));
      if (price === undefined) {
        unpriced.add(name);
        continue;
      }
      const answers = metric.pairs === undefined ? 1 : 2;
      const inputTokens = estimateTokens(load.characters + rowCharacters + answers * answerCharacters);
      const each = priceOfTokens(inputTokens, load.outputTokens, price) + (price.perRequest ?? 0);
      cost = (cost ?? 0) + count * each;
    }
  }
  const notes: string[] = [];
  if (requests > 0) notes.push(`Measuring sends about ${String(Math.round(requests))} more requests.`);
  if (unpriced.size > 0)
    notes.push(
      `No price is known for ${[...unpriced].join(', ')}, so what it costs to measure is not in the estimate.`,
    );
  return { cost, unpriced: [...unpriced], notes };
}
