import assert from 'node:assert/strict';
import { makeRows, openBench, type BenchWorld } from '../../test/fakes/benchmarks.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../../test/fakes/openai-server.ts';
import type { RunRecord } from '../ports/store.ts';

describe('answers that were paid for', function () {
  this.timeout(30_000);
  let world: BenchWorld;
  let server: FakeOpenAi;
  let answers: (text: string) => string;

  beforeEach(async () => {
    world = await openBench();
    answers = text => /ANSWER=(\S+)/.exec(text)?.[1] ?? '';
    server = await startFakeOpenAi({ answers: messages => answers(messages.at(-1)?.content ?? '') });
    connect();
    world.write('rows.jsonl', makeRows(['a', 'b', 'a', 'c']));
  });
  afterEach(async () => {
    await server.close();
    await world.close();
  });

  const connect = (more = '', temperature = 0, model = 'fake'): void => {
    world.write(
      'workbench.yaml',
      `connections:\n  gpt: {provider: openai, baseUrl: "${server.url}", model: "${model}", price: {input: 1000, output: 1000}, parameters: {temperature: ${temperature}}}\n${more}`,
    );
  };
  const bench = (more = 'metrics: [exact-match, cost]\n', models = '[gpt]'): string =>
    `name: reuse\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: ${models}\n${more}`;
  const valueOf = (record: RunRecord, id: string): number | null | undefined =>
    record.report?.variants[0]?.metrics.find(({ metric }) => metric === id)?.value;
  const ran = async (...given: Parameters<BenchWorld['run']>): Promise<RunRecord> => {
    const record = await world.run(...given);
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    return record;
  };

  describe('come from the cache', () => {
    it('with the same figures, no latency, no charge, and are marked', async () => {
      const first = await ran(bench());
      assert.equal(first.summary.progress.cached, undefined);
      const second = await ran(bench('metrics: [exact-match, cost]\nlimits: {budget: 0.000001 USD}\n'));
      assert.equal(server.stats.requests, 4);
      assert.equal(second.summary.progress.cached, 4);
      assert.equal(second.summary.progress.cost, undefined);
      assert.equal(valueOf(second, 'exact-match'), 0.5);
      assert.equal(valueOf(second, 'cost'), valueOf(first, 'cost'));
      const [sample] = await world.samples(second);
      assert.equal(sample?.details?.cached, true);
      assert.equal(sample.latencyMs, undefined);
      assert.equal(sample.attempts, 0);
      assert.match(second.report?.notes.join('\n') ?? '', /4 answers came from the cache/);
    });

    it('only where row, model, parameters and prompt are the same', async () => {
      await ran(bench());
      connect('', 1);
      await ran(bench());
      assert.equal(server.stats.requests, 8, 'another temperature');
      world.write('p.prompt.yml', 'messages: [{role: user, content: "Say {{q}}"}]\n');
      await ran(bench('metrics: [exact-match]\nprompts: [p.prompt.yml]\n'));
      assert.equal(server.stats.requests, 12, 'another prompt');
      world.write('rows.jsonl', makeRows(['a', 'b', 'a', 'c', 'new']));
      await ran(bench('metrics: [exact-match]\n'));
      assert.equal(server.stats.requests, 13, 'one new row');
    });

    for (const [why, more, request] of [
      ['rows are repeated', 'metrics: [exact-match]\nrepeats: 2\n', {}],
      ['latency is measured', 'metrics: [exact-match, latency]\n', {}],
      ['the default metrics measure latency', '', {}],
      ['the benchmark says no', 'metrics: [exact-match]\ncache: false\n', {}],
      ['the person says no', 'metrics: [exact-match]\n', { cache: false }],
    ] as const) {
      it(`never where ${why}`, async () => {
        await ran(bench('metrics: [exact-match]\n'));
        const before = server.stats.requests;
        const record = await ran(bench(more), request);
        assert.equal(record.summary.progress.cached, undefined);
        assert.equal(server.stats.requests - before, record.summary.progress.total);
      });
    }

    it('never as errors, empty answers or filtered ones', async () => {
      answers = () => '';
      await ran(bench());
      answers = () => 'a';
      const record = await ran(bench());
      assert.equal(record.summary.progress.cached, undefined);
      assert.equal(valueOf(record, 'exact-match'), 1);
    });

    it('until they are collected as old', async () => {
      await ran(bench());
      const { answers: dropped } = await world.store.collectGarbage(Date.now() + 1000);
      assert.equal(dropped, 4);
      await ran(bench());
      assert.equal(server.stats.requests, 8);
    });
  });

  describe('come from an earlier run', () => {
    const more = 'metrics: [exact-match, latency, cost]\nlimits: {budget: 5 USD}\n';

    it('when rows and models are added: only the rest is asked', async () => {
      const first = await ran(bench(more));
      world.write(
        'rows.jsonl',
        makeRows(['zero', 'a', 'b', 'a', 'c']).replace(/row (\d)/g, (_, n) => `row ${Number(n) - 1}`),
      );
      connect(`  other: {provider: openai, baseUrl: "${server.url}", model: fake, parameters: {seed: 3}}\n`);
      const text = bench(more, '[gpt, other]');
      const second = await ran(text, { extends: first.summary.id.slice(0, -1) });
      assert.equal(server.stats.requests, 4 + 1 + 5);
      const { reused, extended, total, done } = second.summary.progress;
      assert.deepEqual([reused, extended, total, done], [4, 4, 10, 10]);
      assert.equal(second.spec.extends, first.summary.id);
      const samples = await world.samples(second);
      assert.deepEqual(
        samples.map(({ row, output, details }) => [row, output, details?.cached === true]),
        [
          [0, 'zero', false],
          [1, 'a', true],
          [2, 'b', true],
          [3, 'a', true],
          [4, 'c', true],
        ],
      );
      const paid = samples.filter(({ details }) => details?.cached !== true)[0]?.cost ?? 0;
      assert.ok(
        Math.abs((second.summary.progress.cost ?? 0) - paid) < 1e-9,
        'what was paid before is not charged again',
      );
      assert.match(second.report?.notes.join('\n') ?? '', /Extended: 4 samples taken over from run/);
      assert.doesNotMatch(second.report?.notes.join('\n') ?? '', /Resumed/);
    });

    it('when metrics are added: nothing is asked', async () => {
      const first = await ran(bench(more));
      const second = await ran(bench('metrics: [accuracy, f1, exact-match]\n'), { extends: first.summary.id });
      assert.equal(server.stats.requests, 4);
      assert.equal(valueOf(second, 'accuracy'), 0.5);
    });

    it('not where another model or prompt answers', async () => {
      const first = await ran(bench(more));
      connect('', 1);
      const second = await world.run(bench(more), { extends: first.summary.id });
      assert.equal(second.summary.failure?.code, 'usage');
      assert.match(second.summary.failure.message, /shares no model and prompt/);
      assert.equal(server.stats.requests, 4);
    });

    it('only of benchmark runs that there are', async () => {
      await assert.rejects(world.run(bench(more), { extends: 'nothing' }), /There is no run nothing/);
    });
  });

  describe('are asked for again after a stop', () => {
    it('where they were under way, and the run says how many', async () => {
      world.write('rows.jsonl', makeRows(Array.from({ length: 40 }, () => 'a')));
      const stop = new AbortController();
      let asked = 0;
      answers = () => {
        asked += 1;
        if (asked === 10) stop.abort(new Error('killed'));
        return 'a';
      };
      const created = await world.create(bench('metrics: [exact-match]\nlimits: {concurrency: 4}\n'));
      const stopped = await world.execute(created, stop.signal);
      const stored = (await world.samples(created)).length;
      const underWay = stopped.summary.progress.underWay ?? 0;
      assert.ok(underWay >= 1 && underWay <= 4, String(underWay));
      answers = () => 'a';
      const record = await world.execute(created);
      assert.equal(record.summary.state, 'succeeded');
      assert.equal(record.summary.progress.askedAgain, underWay);
      assert.equal(record.summary.progress.underWay, undefined);
      assert.equal(record.summary.progress.reused, stored);
      assert.match(record.report?.notes.join('\n') ?? '', new RegExp(`At least ${underWay} answers? under way`));
    });
  });

  describe('are refused', () => {
    const both = (): string =>
      `  shy: {provider: openai, baseUrl: "${server.url}", model: "fault:refusal", parameters: {seed: 3}}\n`;

    it('by a model that declines everything: the others’ figures stand, and the rate is told', async () => {
      connect(both());
      world.write('rows.jsonl', makeRows(Array.from({ length: 30 }, () => 'a')));
      const record = await ran(bench('metrics: [exact-match]\n', '[gpt, shy]'));
      assert.equal(record.report?.variants[1]?.samples, 0);
      assert.match(record.report.notes.join('\n'), /shy refused 30 samples of 30 \(100\.0 %\)/);
    });

    it('by the only model: the run fails and says so', async () => {
      connect(both());
      const record = await world.run(bench('metrics: [exact-match]\n', '[shy]'));
      assert.equal(record.summary.failure?.code, 'run-failed');
      assert.match(record.summary.failure.message, /shy answered none of 4 samples: shy declined to answer/);
    });
  });
});
