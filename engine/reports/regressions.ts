import type { RegressedRow, Regression } from '../../schemas/generated/messages.ts';
import type { Metric } from '../metrics/metric.ts';
import type { RunRecord, SampleColumns, Store } from '../ports/store.ts';
import { comparePaired, type CompareOptions, type PairedResult } from '../statistics/compare.ts';
import { adjustHolm } from '../statistics/holm.ts';
import { verdictOf, verdictSentence } from '../statistics/verdict.ts';
import type { ColumnReader } from './columns.ts';
import { cutText } from './describe-variant.ts';
import { countOf, variantName } from './format.ts';
import { indexRows } from './paired-rows.ts';
import type { PlacedVariant, VariantPair } from './pairs.ts';

const mostRows = 20;

/** A variant and the same one of an earlier run. */
export interface EarlierPair {
  readonly variant: PlacedVariant;
  readonly run: RunRecord;
  /** Position in the variants of the earlier run. */
  readonly earlier: number;
}

/** Pairs each variant with the same model and prompt of an earlier run, where that has it. */
export function pairWithEarlier(variants: readonly PlacedVariant[], run: RunRecord): EarlierPair[] {
  return variants.flatMap(variant => {
    const { model, prompt } = variant.result;
    const earlier = run.variants.find(candidate => candidate.model === model && candidate.prompt === prompt);
    return earlier === undefined ? [] : [{ variant, run, earlier: earlier.variant }];
  });
}

/** Of a comparison's pairs those that are the same variant in two runs. */
export function earlierOf(pairs: readonly VariantPair[], records: readonly RunRecord[]): EarlierPair[] {
  return pairs.flatMap(({ variant, baseline }) => {
    const isSame = variant.result.model === baseline.result.model && variant.result.prompt === baseline.result.prompt;
    const run = records.find(({ summary }) => summary.id === baseline.result.runId);
    return isSame && run !== undefined ? [{ variant, run, earlier: baseline.result.variant }] : [];
  });
}

/**
 * What became wrong, and what right, since an earlier run: over the rows both decided, first repeats only, with McNemar's exact test and
 * p values adjusted across the variants. Nothing where no row was decided by both.
 */
export async function findRegressions(
  pairs: readonly EarlierPair[],
  leading: Pick<Metric, 'id' | 'label'>,
  options: CompareOptions,
  store: Store,
  reader: ColumnReader,
): Promise<Regression[]> {
  const changes: Changes[] = [];
  const results: PairedResult[] = [];
  for (const { variant, run, earlier } of pairs) {
    const before = await reader.read(run.summary.id, earlier);
    const now = await reader.read(variant.result.runId, variant.result.variant);
    const found = findChanges(before, now);
    changes.push(found);
    const { gained: onlyVariant, lost, bothRight, bothWrong } = found;
    const counts = { bothRight, onlyVariant, onlyBaseline: lost, bothWrong };
    results.push(comparePaired({ counts }, options));
  }
  const adjusted = adjustHolm(results.map(({ pValue }) => pValue));
  const regressions: Regression[] = [];
  for (const [position, pair] of pairs.entries()) {
    const [found, result, pValue] = [changes[position], results[position], adjusted[position]];
    if (found === undefined || result === undefined || pValue === undefined || result.n === 0) continue;
    const rows = await readLost(found, pair, store);
    regressions.push(describe(pair, found, result, pValue, leading, options, rows));
  }
  return regressions;
}

interface Changes {
  readonly bothRight: number;
  readonly bothWrong: number;
  readonly lost: number;
  readonly gained: number;
  /** The first lost rows: ids of both samples. */
  readonly lostIds: readonly { readonly before: number; readonly now: number }[];
}

function findChanges(before: SampleColumns, now: SampleColumns): Changes {
  const index = indexRows(before);
  const firstOf = new Int32Array(index.rows).fill(-1);
  for (let sample = 0; sample < before.count; sample++) {
    if (before.repeat[sample] === 0 && !Number.isNaN(before.right[sample]!)) firstOf[index.own[sample]!] = sample;
  }
  const counts = { bothRight: 0, bothWrong: 0, lost: 0, gained: 0 };
  const lostAt: { row: number; before: number; now: number }[] = [];
  for (const [sample, row] of index.match(now).entries()) {
    const right = now.right[sample]!;
    const first = row < 0 ? -1 : firstOf[row]!;
    if (first < 0 || now.repeat[sample] !== 0 || Number.isNaN(right)) continue;
    const wasRight = before.right[first] === 1;
    if (right === 1) counts[wasRight ? 'bothRight' : 'gained']++;
    else counts[wasRight ? 'lost' : 'bothWrong']++;
    if (right !== 1 && wasRight)
      lostAt.push({ row: now.row[sample]!, before: before.id[first]!, now: now.id[sample]! });
  }
  const lostIds = lostAt.sort((a, b) => a.row - b.row).slice(0, mostRows);
  return { ...counts, lostIds };
}

async function readLost({ lostIds }: Changes, pair: EarlierPair, store: Store): Promise<RegressedRow[]> {
  const rows: RegressedRow[] = [];
  for (const ids of lostIds) {
    const before = await store.getSample({ runId: pair.run.summary.id, id: ids.before });
    const now = await store.getSample({ runId: pair.variant.result.runId, id: ids.now });
    rows.push({
      row: now.row,
      id: now.id,
      beforeId: before.id,
      input: cutText(now.input),
      target: cutText(now.target),
      before: cutText(before.output ?? ''),
      now: cutText(now.output ?? ''),
    });
  }
  return rows;
}

function describe(
  { variant, run, earlier }: EarlierPair,
  { bothRight, bothWrong, lost, gained }: Changes,
  result: PairedResult,
  pValue: number,
  leading: Pick<Metric, 'id' | 'label'>,
  { confidence }: CompareOptions,
  rows: RegressedRow[],
): Regression {
  const name = variantName(variant.result);
  const verdict = verdictOf(result, pValue, confidence);
  const judged = verdictSentence(verdict, result, `${name} now`, `in run ${run.summary.id}`);
  const turned = `${name}: ${countOf(lost, 'row')} right before ${lost === 1 ? 'is' : 'are'} wrong now, ${countOf(gained, 'row')} the other way.`;
  return {
    variant: variant.index,
    againstRun: run.summary.id,
    againstName: run.summary.name,
    againstCreatedAt: run.summary.createdAt,
    againstVariant: earlier,
    metric: leading.id,
    label: leading.label,
    n: result.n,
    lost,
    gained,
    bothRight,
    bothWrong,
    ...(result.difference === undefined ? {} : { difference: result.difference }),
    ...(result.low === undefined || result.high === undefined ? {} : { low: result.low, high: result.high }),
    pValue,
    test: result.test,
    verdict,
    sentence: `${turned} ${judged}`,
    rows,
  };
}
