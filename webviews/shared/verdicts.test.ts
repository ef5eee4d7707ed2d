import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../schemas/generated/messages.ts';
import { standingsOf } from './tradeoffs.ts';
import { verdictItems } from './verdicts.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

function readReport(name: string): Report {
  return JSON.parse(readFileSync(path.join(root, 'test', 'fixtures', 'reports', `${name}.json`), 'utf8')) as Report;
}

const texts = (report: Report): string[] => verdictItems(report).map(({ text }) => text);

describe('what a report says', () => {
  const full = readReport('full');

  it('is a line for each further metric, and no bad news where a rival is worse than the baseline', () => {
    const found = texts(full);
    assert.match(
      found[2] ?? '',
      /^F1 \(macro\): embedded:linear has the highest, 0\.811; better than embedded:keyword by 0\.223\.$/,
    );
    const baseline = texts({ ...full, baseline: 3, comparisons: swapBaseline(full, 3) });
    assert.match(
      baseline[2] ?? '',
      /^F1 \(macro\): embedded:linear has the highest, 0\.811; embedded:knn is worse than it by 0\.05/,
    );
    assert.equal(verdictItems({ ...full, baseline: 3, comparisons: swapBaseline(full, 3) })[2]?.tone, 'neutral');
  });

  it('counts the further metrics and models beyond those it tells', () => {
    const [first] = full.variants;
    const metrics = Array.from({ length: 9 }, (_, index) => `m${String(index)}`);
    const figures = metrics.map(metric => ({ ...first!.metrics[0]!, metric, label: metric }));
    const comparisons = metrics.map(metric => ({ ...full.comparisons[0]!, metric, label: metric }));
    const variants = full.variants.map(variant => ({ ...variant, metrics: [...variant.metrics, ...figures] }));
    const regressions = Array.from({ length: 8 }, (_, lost) => ({
      ...full.regressions![0]!,
      lost,
      sentence: `lost ${String(lost)}`,
    }));
    const found = texts({ ...full, variants, regressions, comparisons: [...full.comparisons, ...comparisons] });
    assert.ok(found.includes('7 further metrics compared below.'));
    assert.deepEqual(
      found.filter(text => text.startsWith('lost')),
      [7, 6, 5, 4, 3, 2].map(lost => `lost ${String(lost)}`),
    );
    assert.ok(found.includes('2 further models compared with an earlier run below.'));
  });

  it('names who dominates a model, and leaves out what costs nothing', () => {
    assert.deepEqual(standingsOf(full, 2), [{ axis: 'latency', isOnFront: false, dominatedBy: ['embedded:linear'] }]);
    assert.deepEqual(
      standingsOf(readReport('comparison'), 1).map(({ axis }) => axis),
      ['latency'],
    );
    assert.deepEqual(standingsOf(readReport('finished'), 0), []);
  });
});

/** The same differences seen from another model. */
function swapBaseline({ comparisons }: Report, baseline: number): Report['comparisons'] {
  return comparisons.map(comparison => ({
    ...comparison,
    variant: comparison.variant === baseline ? 1 : comparison.variant,
    baseline,
    difference: comparison.variant === 2 ? -0.05 : -0.3,
    verdict: 'worse' as const,
  }));
}
