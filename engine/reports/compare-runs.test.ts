import assert from 'node:assert/strict';
import * as validators from '../../schemas/generated/validators.js';
import type { Report } from '../../schemas/generated/messages.ts';
import { openReportWorld, type ReportWorld } from '../../test/fakes/reports.ts';
import { makeSample, without } from '../../test/fakes/runs.ts';
import type { SampleRecord } from '../ports/store.ts';
import { compareAsAsked, compareRuns } from './compare-runs.ts';
import { renderMarkdown, renderText } from './text.ts';

const labels = ['bug', 'login', 'billing'];

/** An answer to row `row` that is right where told; the second model takes ten times as long and costs money. */
function answer(row: number, variant: number, right: boolean, changes: Partial<SampleRecord> = {}): SampleRecord {
  const target = labels[row % 3] ?? '';
  return makeSample(row, {
    variant,
    target,
    output: right ? target : (labels[(row + 1) % 3] ?? ''),
    right,
    scores: { accuracy: Number(right) },
    latencyMs: (variant === 0 ? 10 : 100) + (row % 10),
    cost: variant === 0 ? 0 : 0.001,
    ...changes,
  });
}

function answers(rows: number, isRight: (row: number, variant: number) => boolean): SampleRecord[] {
  return Array.from({ length: rows * 2 }, (_, index) => {
    const row = index >> 1;
    return answer(row, index % 2, isRight(row, index % 2));
  });
}

describe('a report', function () {
  this.timeout(60_000);
  let world: ReportWorld;
  before(async () => (world = await openReportWorld()));
  after(() => world.close());

  const comparisonOf = (report: Report, metric: string) => {
    const found = report.comparisons.find(comparison => comparison.metric === metric);
    assert.ok(found, `${metric} is compared`);
    return found;
  };

  it('compares every metric, the leading one first, and is valid', async () => {
    const samples = answers(200, (row, variant) => (variant === 0 ? row % 2 === 0 : row % 4 !== 1));
    const report = await world.run('every', samples, 'metrics: [latency, {f1: {average: macro}}, cost, accuracy]');
    assert.ok(validators.validateReport(report), JSON.stringify(validators.validateReport.errors));
    assert.equal(report.leading, 'accuracy');
    assert.deepEqual(
      report.comparisons.map(({ metric, verdict }) => [metric, verdict]),
      [
        ['accuracy', 'better'],
        ['latency.mean', 'worse'],
        ['f1', 'better'],
        ['cost.perThousand', 'worse'],
      ],
    );
    const accuracy = comparisonOf(report, 'accuracy');
    assert.equal(accuracy.test, 'McNemar, exact');
    assert.equal(accuracy.difference, 0.25);
    assert.match(accuracy.sentence, /^model-1 is better than model-0 by 0\.25 /);
    assert.match(
      comparisonOf(report, 'latency.mean').sentence,
      /^Latency \(mean\): model-1 is worse than model-0 by 90\.0 ms/,
    );
    assert.equal(comparisonOf(report, 'cost.perThousand').difference, 1);
    const f1 = report.variants.map(({ metrics }) => metrics.find(({ metric }) => metric === 'f1')?.value ?? NaN);
    const difference = comparisonOf(report, 'f1').difference ?? NaN;
    assert.ok(
      Math.abs(difference - ((f1[1] ?? NaN) - (f1[0] ?? NaN))) < 1e-12,
      'the difference is that of the figures',
    );
  });

  it('says which trade-offs no other model beats, and ties beat nobody', async () => {
    const better = await world.run(
      'front',
      answers(60, (row, variant) => variant === 0 || row % 2 === 0),
    );
    const latency = better.tradeoffs?.find(({ axis }) => axis === 'latency');
    assert.deepEqual(
      latency?.points.map(({ pareto, dominatedBy }) => [pareto, dominatedBy]),
      [
        [true, []],
        [false, [0]],
      ],
    );
    const same = answers(60, row => row % 2 === 0).map(sample => ({ ...sample, latencyMs: 5, cost: 1 }));
    const tied = await world.run('tied', same);
    assert.ok(tied.tradeoffs?.every(({ points }) => points.every(({ pareto }) => pareto)));
    const unpriced = same.map(({ cost, ...sample }) => (sample.variant === 1 ? sample : { ...sample, cost }));
    const left = (await world.run('unpriced', unpriced)).tradeoffs?.find(({ axis }) => axis === 'cost');
    assert.deepEqual(
      left?.points.map(({ variant }) => variant),
      [0],
    );
    assert.match(left.note ?? '', /model-1/);
  });

  it('describes each variant: spread of latency, worst rows, failures, costs', async () => {
    const failure = { class: 'timeout', message: 'late' } as const;
    const samples: SampleRecord[] = answers(100, row => row % 5 !== 0);
    samples.push(without(answer(500, 0, true, { scores: {}, failure }), 'right', 'output', 'latencyMs'));
    samples.push(answer(501, 1, true, { details: { cached: true, measuringCost: 0.5 } }));
    const [first, second] = (await world.run('described', samples)).variants;
    const latency = first?.distributions?.find(({ measure }) => measure === 'latency');
    assert.equal(latency?.n, 100);
    assert.equal(latency.least, 10);
    assert.equal(latency.most, 19);
    assert.equal(latency.percentiles.find(({ percent }) => percent === 50)?.value, 14.5);
    assert.equal(
      latency.histogram.counts.reduce((sum, count) => sum + count, 0),
      100,
    );
    assert.equal(latency.histogram.edges.length, latency.histogram.counts.length + 1);
    assert.deepEqual(latency.cumulative.at(-1), { value: 19, share: 1 });
    assert.deepEqual(latency.cumulative[0], { value: 10, share: 0.1 });
    assert.deepEqual(
      first?.worst?.map(({ row, score }) => [row, score]),
      Array.from({ length: 10 }, (_, index) => [index * 5, 0]),
    );
    const [worst] = first.worst;
    assert.deepEqual((await world.store.getSample({ runId: 'described', id: worst?.id ?? 0 })).row, 0);
    assert.deepEqual(first.failureClasses, { timeout: 1 });
    assert.equal(second?.failureClasses, undefined);
    const { answers: cost = NaN, ...costs } = second?.costs ?? { cached: NaN };
    assert.ok(Math.abs(cost - 0.101) < 1e-12);
    assert.deepEqual(costs, { measuring: 0.5, cached: 1 });
  });

  it('tells what became wrong since the last run, and since one that is named', async () => {
    const against = 'metrics: [accuracy]\ncompare: {against: last}';
    await world.run(
      'before',
      answers(100, row => row < 60),
      'metrics: [accuracy]',
    );
    const report = await world.run(
      'after',
      answers(100, (row, variant) => (variant === 0 ? row < 40 || row === 99 : row < 60)),
      against,
    );
    const [lost, same] = report.regressions ?? [];
    assert.deepEqual(
      [lost?.againstRun, lost?.n, lost?.lost, lost?.gained, lost?.bothRight, lost?.bothWrong],
      ['before', 100, 20, 1, 40, 39],
    );
    assert.equal(lost?.verdict, 'worse');
    assert.match(
      lost.sentence,
      /^model-0: 20 rows right before are wrong now, 1 row the other way\. model-0 now is worse than in run before by 0\.19/,
    );
    assert.deepEqual(
      lost.rows.map(({ row }) => row),
      Array.from({ length: 20 }, (_, index) => 40 + index),
    );
    const now = await world.store.getSample({ runId: 'after', id: lost.rows[0]?.id ?? 0 });
    const earlier = await world.store.getSample({ runId: 'before', id: lost.rows[0]?.beforeId ?? 0 });
    assert.deepEqual([now.row, now.right, earlier.row, earlier.right], [40, false, 40, true]);
    assert.equal(same?.verdict, 'not-distinguishable');
    const page = await world.store.queryDisagreements({
      runIds: ['before', 'after'],
      variants: [
        { runId: 'before', variant: 0 },
        { runId: 'after', variant: 0 },
      ],
      change: 'lost',
      limit: 5,
    });
    assert.equal(page.total, 20);
    assert.equal(page.rows[0]?.row, 40);

    const compared = await compareRuns(['before', 'after'], world.store, world.clock, world.signal);
    assert.deepEqual(
      compared.regressions?.map(each => [each.variant, each.lost, each.gained]),
      [
        [2, 20, 1],
        [3, 0, 0],
      ],
    );
    for (const text of [renderMarkdown(report), renderText(report, 100)]) assert.match(text, /20 rows right before/);

    const missing = await world.run(
      'lonely',
      answers(5, () => true),
      'metrics: [accuracy]\ncompare: {against: nowhere}',
    );
    assert.match(missing.notes.join('\n'), /no run nowhere/);
    assert.equal(missing.regressions, undefined);
  });

  it('compares ended runs with another confidence, and leaves what they said themselves', async () => {
    const rest = 'metrics: [accuracy]\ngate: [{metric: accuracy, model: embedded:majority, atLeast: 0.1}]';
    await world.run(
      'sure-one',
      answers(60, row => row % 3 !== 0),
      rest,
    );
    await world.run(
      'sure-two',
      answers(60, row => row % 4 !== 0),
      rest,
    );
    const compare = (confidence?: number): Promise<Report> =>
      compareAsAsked({ runIds: ['sure-one', 'sure-two'], confidence }, world.store, world.clock, world.signal);
    const widthsOf = ({ variants }: Report): readonly number[] =>
      variants.map(({ metrics: [figure] }) => (figure?.high ?? 0) - (figure?.low ?? 0));
    const usual = await compare();
    const same = await compare(usual.confidence);
    assert.deepEqual(same, usual);
    const sure = await compare(0.999);
    assert.ok(validators.validateReport(sure));
    assert.equal(sure.confidence, 0.999);
    for (const [index, width] of widthsOf(sure).entries()) assert.ok(width > (widthsOf(usual)[index] ?? 0));
    assert.deepEqual(sure.gates, usual.gates);
    assert.deepEqual(sure.notes, usual.notes);
    const back = await compare(0.95000001);
    assert.deepEqual(
      back.variants.map(({ metrics: [figure] }) => figure?.value),
      usual.variants.map(({ metrics: [figure] }) => figure?.value),
    );
  });

  it('pairs runs whose leading metrics have unlike names by what each holds for right', async () => {
    await world.run(
      'named',
      answers(40, () => true),
      'metrics: [accuracy]',
    );
    const other = answers(40, row => row < 20).map(({ right, ...sample }) => ({
      ...sample,
      right: right === true,
      scores: { 'exact-match': Number(right) },
    }));
    await world.run('otherwise', other, 'metrics: [exact-match]');
    const compared = await compareRuns(['named', 'otherwise'], world.store, world.clock, world.signal);
    assert.deepEqual(
      compared.comparisons.map(({ metric, n, difference, verdict }) => [metric, n, difference, verdict]),
      [2, 3].map(() => ['accuracy', 40, -0.5, 'worse']),
    );
    await world.run(
      'elsewhere',
      answers(3, () => true).map(sample => ({ ...sample, rowDigest: 'f'.repeat(63) + String(sample.row) })),
    );
    const apart = await compareRuns(['named', 'elsewhere'], world.store, world.clock, world.signal);
    assert.equal(apart.regressions, undefined);
    assert.deepEqual(
      apart.comparisons.map(({ verdict }) => verdict),
      ['not-computed', 'not-computed'],
    );
  });

  it('names the settings in which runs differ, and none where they do not', async () => {
    const right = answers(4, () => true);
    await world.run('plain', right, 'metrics: [accuracy]\nlimits: {concurrency: 4}');
    await world.run('pressed', right, 'metrics: [accuracy, latency]\nlimits: {concurrency: 32, budget: 5.00 USD}');
    await world.run('alike', right, 'metrics: [accuracy]\nlimits: {concurrency: 4}');
    const compare = (...ids: string[]) => compareRuns(ids, world.store, world.clock, world.signal);
    assert.deepEqual((await compare('plain', 'pressed')).differences, [
      { name: 'metrics', values: ['accuracy', 'accuracy, latency'] },
      { name: 'limits.concurrency', values: ['4', '32'] },
      { name: 'limits.budget', values: ['–', '5.00 USD'] },
    ]);
    assert.equal((await compare('plain', 'alike')).differences, undefined);
  });

  it('pairs repeats by their row’s mean, and leaves disturbed rows out', async () => {
    const samples = [0, 1].flatMap(repeat =>
      answers(40, (row, variant) => (row + repeat * variant) % 2 === 0).map(sample => ({ ...sample, repeat })),
    );
    samples.push(answer(90, 0, true, { slices: { perturbation: 'typos' }, details: { perturbed: true } }));
    samples.push(answer(90, 1, false, { slices: { perturbation: 'typos' }, details: { perturbed: true } }));
    const report = await world.run('repeats', samples, 'metrics: [accuracy]\nrepeats: 2\ncompare: {test: wilcoxon}');
    const accuracy = comparisonOf(report, 'accuracy');
    assert.equal(accuracy.n, 40);
    assert.ok(Math.abs(accuracy.difference ?? NaN) < 1e-12);
    assert.match(accuracy.test ?? '', /^Wilcoxon/);
  });

  it('tells slices, latencies and worst rows in Markdown, in which nothing becomes markup', async () => {
    const samples = answers(30, row => row % 3 !== 0).map(sample => ({
      ...sample,
      output: `${sample.output ?? ''} <b>|`,
    }));
    const markdown = renderMarkdown(await world.run('markdown', samples));
    assert.match(markdown, /\| Slice \| model-0 \| model-1 \|\n\| --- \| ---: \| ---: \|\n\| region: north \| /);
    assert.match(markdown, /\| Latency \| p50 \| p90 \| p95 \| p99 \| max \|/);
    assert.match(markdown, /Worst rows:\n\n- model-0, 0\.000 at markdown\\#1: “login &lt;b&gt;\\\|” for “bug”/);
    assert.ok(!markdown.includes('<b>'));
  });
});
