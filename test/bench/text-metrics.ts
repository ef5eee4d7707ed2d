import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bleuScore, bleuStatistics } from '../../engine/metrics/text/bleu.ts';
import { chrfScore, chrfStatistics } from '../../engine/metrics/text/chrf.ts';
import { countCharacterEdits, countWordEdits, type EditCounts, editRate } from '../../engine/metrics/text/edit-rate.ts';
import { inFolder, root } from './measure.ts';

interface Measured {
  readonly seconds: number;
  readonly score: number;
}
type Pair = readonly [hypothesis: string, reference: string];

/** Sentences of 5 to 40 words and what a fair model makes of them: the same from run to run. */
function drawPairs(count: number): Pair[] {
  let state = 1;
  const draw = (below: number): number => {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    return ((state >>> 1) >> 7) % below;
  };
  const words = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 2 + draw(9) }, () => String.fromCharCode(97 + draw(26))).join(''),
  );
  // The product of two draws: some words are as frequent as in a language.
  const drawWord = (): string => words[Math.floor((draw(20_000) * draw(20_000)) / 20_000)]!;
  return Array.from({ length: count }, () => {
    const reference = Array.from({ length: 5 + draw(36) }, () => drawWord() + (draw(12) === 0 ? ',' : ''));
    const hypothesis = reference.flatMap(word => {
      const fate = draw(20);
      if (fate === 0) return [];
      if (fate === 1) return [word, drawWord()];
      return [fate < 5 ? drawWord() : word];
    });
    return [`${hypothesis.join(' ')}.`, `${reference.join(' ')}.`] as const;
  });
}

function measure(work: () => number): Measured {
  const start = performance.now();
  const score = work();
  return { score, seconds: (performance.now() - start) / 1000 };
}

function sumStatistics(pairs: readonly Pair[], measurePair: (pair: Pair) => Float64Array): Float64Array {
  let total: Float64Array | undefined;
  for (const pair of pairs) {
    const statistics = measurePair(pair);
    total = total === undefined ? statistics : total.map((value, index) => value + statistics[index]!);
  }
  return total ?? new Float64Array();
}

function sumEdits(pairs: readonly Pair[], count: (reference: string, hypothesis: string) => EditCounts): number {
  const total = { substitutions: 0, deletions: 0, insertions: 0, hits: 0 };
  for (const [hypothesis, reference] of pairs) {
    const counts = count(reference, hypothesis);
    total.substitutions += counts.substitutions;
    total.deletions += counts.deletions;
    total.insertions += counts.insertions;
    total.hits += counts.hits;
  }
  return editRate(total);
}

function measureChrf(pairs: readonly Pair[], wordOrder: number): Measured {
  const options = { wordOrder };
  return measure(() => {
    const statistics = sumStatistics(pairs, ([hypothesis, reference]) =>
      chrfStatistics(hypothesis, [reference], options),
    );
    return chrfScore(statistics, options);
  });
}

function measureOwn(pairs: readonly Pair[]): Readonly<Record<string, Measured>> {
  const words = measure(() => sumEdits(pairs, countWordEdits));
  const characters = measure(() => sumEdits(pairs, countCharacterEdits));
  return {
    bleu: measure(() =>
      bleuScore(
        sumStatistics(pairs, ([hypothesis, reference]) => bleuStatistics(hypothesis, [reference], {})),
        {},
      ),
    ),
    chrf: measureChrf(pairs, 0),
    'chrf++': measureChrf(pairs, 2),
    wer: words,
    cer: characters,
    'wer core': words,
    'cer core': characters,
  };
}

const peers: Readonly<Record<string, string>> = {
  bleu: 'sacrebleu (promise: at least 1.0)',
  chrf: 'sacrebleu (promise: at least 1.0)',
  'chrf++': 'sacrebleu (promise: at least 1.0)',
  wer: 'jiwer (promise: at least 0.5)',
  cer: 'jiwer (promise: at least 0.5)',
  'wer core': 'the native core alone, words already numbered (for information)',
  'cer core': 'the native core alone (promise: at least 0.5)',
};

/** Our text metrics beside sacrebleu and jiwer on the same pairs; their Python is `AIWB_PYTHON`, else `python3`. */
export async function benchTextMetrics(count: number): Promise<void> {
  const pairs = drawPairs(count);
  await inFolder(folder => {
    const file = path.join(folder, 'pairs.json');
    writeFileSync(file, JSON.stringify(pairs));
    const python = process.env['AIWB_PYTHON'] ?? 'python3';
    const result = spawnSync(python, [path.join(root, 'test/bench/text-metrics.py'), file], { encoding: 'utf8' });
    const peer =
      result.status === 0
        ? (JSON.parse(result.stdout) as Record<string, Measured> | { missing: string })
        : {
            missing: `${python} ended with ${String(result.status)}: ${result.error?.message ?? result.stderr.slice(-500)}`,
          };
    if (typeof peer['missing'] === 'string')
      console.log(
        `SKIPPED the comparison with sacrebleu and jiwer: ${peer['missing']}. Set AIWB_PYTHON to a Python that has them.`,
      );
    measureOwn(pairs.slice(0, 2000));
    console.log(`Text metrics, ${pairs.length} pairs:`);
    for (const [metric, own] of Object.entries(measureOwn(pairs))) {
      const other = typeof peer['missing'] === 'string' ? undefined : (peer as Record<string, Measured>)[metric];
      if (other === undefined) console.log(`  ${metric}: ${own.seconds.toFixed(2)} s`);
      else report(metric, own, other);
    }
    return Promise.resolve();
  });
}

function report(metric: string, own: Measured, peer: Measured): void {
  const sameScore = typeof peer.score !== 'number' || Math.abs(own.score - peer.score) <= 1e-9 * Math.abs(peer.score);
  if (!sameScore) throw new Error(`${metric}: our ${own.score} is not ${peer.score}.`);
  console.log(
    `  ${metric}: ${own.seconds.toFixed(2)} s, ${peer.seconds.toFixed(2)} s, so ${(peer.seconds / own.seconds).toFixed(1)} times as fast as ${peers[metric]!}`,
  );
}
