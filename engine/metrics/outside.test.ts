import assert from 'node:assert/strict';
import { makeRows, openBench, type BenchWorld } from '../../test/fakes/benchmarks.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../../test/fakes/openai-server.ts';
import { WorkbenchError } from '../base/errors.ts';
import { AnswerFailure, type Model } from '../models/model.ts';
import type { ContainerJob, Containers } from '../ports/containers.ts';
import type { ProgramResult } from '../ports/programs.ts';
import type { RunRecord } from '../ports/store.ts';
import { Budget } from '../models/budget.ts';
import { meterModel } from '../scoring/metered-model.ts';
import { createMetric } from './catalogue.ts';
import { findCode } from './code-block.ts';
import type { MeasuredSample, MeasureTools } from './measure.ts';

const { signal } = new AbortController();

function sampleOf(output: string, target = 'a', values: Readonly<Record<string, unknown>> = {}): MeasuredSample {
  return { observation: { output, target }, input: 'q', values, messages: [], row: 0, repeat: 0 };
}

function toolsWith(model: Partial<Model>): MeasureTools {
  const missing = (): never => assert.fail('Not used.');
  const full: Model = { name: 'm', digest: 'd', answer: missing, close: () => Promise.resolve(), ...model };
  return {
    model: name => ({ name, model: full, parameters: {}, costOf: ({ inputTokens }) => inputTokens }),
    ask: missing,
    container: missing,
    timeout: 1000,
    seed: 7,
  };
}

describe('metrics that measure outside the engine', function () {
  this.timeout(30_000);
  let world: BenchWorld;
  let server: FakeOpenAi;
  let jobs: ContainerJob[];
  let container: (job: ContainerJob) => ProgramResult;
  let containerFault: Error | undefined;

  beforeEach(async () => {
    jobs = [];
    containerFault = undefined;
    container = () => ({ status: 0, output: '', errors: '', timedOut: false });
    const containers: Containers = {
      prepare: () => (containerFault === undefined ? Promise.resolve() : Promise.reject(containerFault)),
      run: job => {
        jobs.push(job);
        return Promise.resolve(container(job));
      },
    };
    world = await openBench(containers);
    server = await startFakeOpenAi();
    world.write('workbench.yaml', `connections: {gpt: {provider: openai, baseUrl: "${server.url}", model: fake}}\n`);
    world.write('rows.jsonl', makeRows(['a', 'b', 'a', 'c']));
  });
  afterEach(async () => {
    await server.close();
    await world.close();
  });
  const bench = (metrics: string, more = ''): string =>
    `name: outside\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [gpt]\nmetrics: [${metrics}]\n${more}`;
  const figure = (record: RunRecord, id: string) => {
    const found = record.report?.variants[0]?.metrics.find(({ metric }) => metric === id);
    assert.ok(found, `${id}: ${JSON.stringify(record.summary.failure)}`);
    return found;
  };

  describe('a program', () => {
    const program = (body: string): void => {
      const script = `const lines = require('readline').createInterface({ input: process.stdin });\nconst say = reply => process.stdout.write(JSON.stringify(reply) + '\\n');\nlines.on('line', line => { const request = JSON.parse(line); ${body} });\n`;
      world.write('score.cjs', script);
    };
    const custom = (more = ''): string =>
      `{custom: {command: [${JSON.stringify(process.execPath)}, score.cjs]${more}}}`;

    it('scores answers by the row, whatever the order of its replies', async () => {
      program(
        `setTimeout(() => say({ id: request.id, scores: { score: request.output === request.target ? 1 : 0.5, length: request.values.q.length } }), 20 - request.id);`,
      );
      const record = await world.run(bench(custom(', unit: ratio, passAt: 1, parts: [length]')));
      assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
      assert.equal(figure(record, 'custom').value, 0.75);
      assert.equal(figure(record, 'custom.length').value, 'row 0 ANSWER=a'.length);
      assert.deepEqual(
        (await world.samples(record)).map(({ right }) => right),
        [true, false, true, false],
      );
    });

    it('that is late, ends, or gives no number leaves those answers unmeasured, with the reason', async () => {
      program(
        `if (request.input.includes('row 0')) process.stdout.write('{"id": ' + request.id + ', "score": NaN}\\n');
         else if (request.input.includes('row 1')) return;
         else if (request.input.includes('row 2')) say({ id: request.id, error: 'cannot say' });
         else { console.log('a word'); say({ id: 99999, score: 1 }); say({ id: request.id, score: 3 }); }`,
      );
      const record = await world.run(bench(custom(', timeout: 0.5s')));
      assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
      assert.equal(figure(record, 'custom').value, 3);
      assert.match(figure(record, 'custom').note ?? '', /3 of 4 answers have no score/);
      const reasons = (await world.samples(record)).map(({ details }) => details?.unmeasured?.['custom']);
      assert.match(reasons[0] ?? '', /score is "not a number"/);
      assert.match(reasons[1] ?? '', /gave no score within 0.5 s/);
      assert.match(reasons[2] ?? '', /The program says: cannot say/);
      assert.equal(reasons[3], undefined);
    });

    it('that ends on one answer is started again for the others', async () => {
      program(`if (request.input.includes('row 1')) process.exit(3); say({ id: request.id, score: 1 });`);
      const record = await world.run(bench(custom(), 'limits: {concurrency: 1}\n'));
      const unmeasured = (await world.samples(record)).filter(({ details }) => details?.unmeasured !== undefined);
      assert.ok(unmeasured.some(({ row }) => row === 1));
      assert.match(unmeasured[0]?.details?.unmeasured?.['custom'] ?? '', /ended before it gave a score/);
      assert.equal(figure(record, 'custom').value, 1);
    });

    it('that cannot be started ends the run before anything is asked', async () => {
      const record = await world.run(bench('{custom: {command: [/nowhere/at-all]}}'));
      assert.equal(record.summary.failure?.code, 'program-failed');
      assert.equal(server.stats.requests, 0);
    });
  });

  describe('pass@k', () => {
    const passAtK = '{pass-at-k: {tests: tests, k: [1, 2], timeout: 3s}}';
    beforeEach(() => {
      const rows = ['ANSWER=good', 'ANSWER=bad'].map(q => JSON.stringify({ q, a: '', tests: `assert f() # ${q}` }));
      world.write('rows.jsonl', rows.join('\n'));
    });

    it('runs the answer with the row’s tests in a container, and counts what comes to its end', async () => {
      let tries = 0;
      container = ({ input }) => {
        tries += 1;
        const proof = /print\("\\n(.*?)", flush/.exec(input)?.[1] ?? '';
        if (input.startsWith('bad')) return { status: 0, output: 'left early', errors: '', timedOut: false };
        return tries % 2 === 0
          ? { status: 0, output: `words\n${proof}\n`, errors: '', timedOut: false }
          : { status: 1, output: '', errors: 'AssertionError', timedOut: false };
      };
      const record = await world.run(bench(passAtK, 'repeats: 2\nlimits: {concurrency: 1}\n'));
      assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
      assert.equal(jobs.length, 4);
      assert.deepEqual(
        [jobs[0]?.image, jobs[0]?.command, jobs[0]?.timeout],
        ['python:3.13-slim', ['python', '-'], 3000],
      );
      assert.match(jobs[0]?.input ?? '', /^good\n\nassert f\(\) # ANSWER=good\n/);
      const good = (await world.samples(record)).filter(({ output }) => output === 'good');
      const passed = good.reduce((sum, { scores }) => sum + (scores['pass-at-k'] ?? 0), 0);
      assert.equal(figure(record, 'pass-at-k.1').value, passed / 4);
      assert.equal(figure(record, 'pass-at-k.2').value, passed > 0 ? 0.5 : 0);
      const bad = (await world.samples(record)).find(({ output }) => output === 'bad');
      assert.deepEqual(bad?.details?.measured?.['pass-at-k'], {
        outcome: 'ended before its tests did',
        said: 'left early',
      });
    });

    it('is refused before anything is asked where there is no container', async () => {
      containerFault = new WorkbenchError('container-unavailable', 'None.', { remedy: 'Start one.' });
      const record = await world.run(bench(passAtK, 'repeats: 2\n'));
      assert.equal(record.summary.failure?.code, 'container-unavailable');
      assert.equal(server.stats.requests, 0);
      assert.equal(jobs.length, 0);
    });

    it('takes the program out of what is said around it', () => {
      const names = ['python', 'py'];
      assert.equal(findCode('x = 1', names), 'x = 1');
      assert.equal(findCode('Sure:\n```python\nx = 1\n```\nDone.', names), 'x = 1');
      assert.equal(findCode('```bash\npip\n```\n```py\ny\n```', names), 'y');
      assert.equal(findCode('```\nz\n```', names), 'z');
      assert.equal(findCode('```python\nno end', names), 'no end');
    });
  });

  describe('similarity', () => {
    const metric = createMetric({ similarity: { model: 'm', passAt: 0.5 } });
    const vectors: Readonly<Record<string, readonly number[]>> = { a: [1, 0], b: [0, 2], ab: [1, 1], zero: [0, 0] };

    it('is the cosine of the embeddings, sent together', async () => {
      const sent: (readonly string[])[] = [];
      const model = meterModel(
        {
          name: 'm',
          digest: 'd',
          answer: () => assert.fail(),
          close: () => Promise.resolve(),
          embed: texts => {
            sent.push(texts);
            return Promise.resolve({
              vectors: texts.map(text => Float32Array.from(vectors[text] ?? [])),
              inputTokens: 8,
            });
          },
        },
        undefined,
        new Budget(undefined),
        () => undefined,
      );
      const tools = toolsWith(model);
      const measured = await Promise.all(
        ['a', 'b', 'ab', 'zero', ' '].map(async output => metric.measure?.(sampleOf(output), tools, signal)),
      );
      const cosines = measured.map(measurement => measurement?.scores['similarity']?.toFixed(12));
      assert.deepEqual(cosines, ['1.000000000000', '0.000000000000', Math.SQRT1_2.toFixed(12), undefined, undefined]);
      assert.match(measured[3]?.failure ?? '', /cannot be compared/);
      assert.match(measured[4]?.failure ?? '', /empty text/);
      assert.equal(sent.length, 1);
      assert.equal(sent[0]?.length, 8);
      assert.equal(
        measured.reduce((sum, measurement) => sum + (measurement?.cost ?? 0), 0),
        8,
      );
    });

    it('is measured over a connection with embeddings', async () => {
      world.write(
        'workbench.yaml',
        `connections:\n  gpt: {provider: openai, baseUrl: "${server.url}", model: fake}\n  embedder: {provider: openai, api: embeddings, baseUrl: "${server.url}", model: fake, price: {input: 1}}\n`,
      );
      const record = await world.run(bench('{similarity: {model: embedder}}'));
      assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
      const scores = (await world.samples(record)).map(sample => sample.scores['similarity'] ?? NaN);
      assert.ok(Math.abs((scores[0] ?? 0) - 1) < 1e-6, 'the same text');
      assert.ok((scores[1] ?? 1) < 1 - 1e-6, 'another text');
      assert.ok((record.summary.progress.measuringCost ?? 0) > 0);
    });

    it('tells a failure of the model', async () => {
      const tools = toolsWith({ embed: () => Promise.reject(new AnswerFailure('server', 'HTTP 500', 3)) });
      assert.deepEqual(await metric.measure?.(sampleOf('a'), tools, signal), {
        scores: {},
        failure: 'm: server: HTTP 500',
      });
    });
  });

  describe('toxicity and personal data', () => {
    it('are found by rules, without a model', async () => {
      world.write('words.txt', '# ours\nIdiot\nshut up\n');
      world.write('rows.jsonl', makeRows(['You_idiot!', 'idiotic', 'a@b.co', 'fine']));
      const record = await world.run(bench('{toxicity: {words: words.txt}}, pii'));
      assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
      const toxicity = figure(record, 'toxicity');
      assert.deepEqual([toxicity.value, toxicity.direction, toxicity.method], [0.25, 'lower', 'Wilson']);
      assert.equal(figure(record, 'pii').value, 0.25);
      const samples = await world.samples(record);
      assert.deepEqual(samples[2]?.scores, { toxicity: 0, pii: 1, 'pii.email': 1 });
      assert.deepEqual(
        samples.map(({ right }) => right),
        [false, true, true, true],
      );
    });

    it('are found by a judge or a classifier', async () => {
      const judge = createMetric({ toxicity: { by: 'judge', model: 'm' } });
      judge.prepare?.(() => '');
      const answered = toolsWith({
        answer: () => Promise.resolve({ output: '{"reasons": "rude", "verdict": "yes"}', latencyMs: 1, attempts: 1 }),
      });
      const measured = await judge.measure?.(sampleOf('x'), answered, signal);
      assert.deepEqual(measured?.scores, { toxicity: 1 });
      const classifier = createMetric({ pii: { model: 'm', label: 'PII', threshold: 0.8 } });
      const probable = toolsWith({
        answer: () => Promise.resolve({ output: 'pii', probabilities: { pii: 0.7 }, latencyMs: 1, attempts: 1 }),
      });
      assert.deepEqual((await classifier.measure?.(sampleOf('x'), probable, signal))?.scores, {
        pii: 0,
        'pii.probability': 0.7,
      });
      const labelled = toolsWith({ answer: () => Promise.resolve({ output: ' Pii ', latencyMs: 1, attempts: 1 }) });
      assert.deepEqual((await classifier.measure?.(sampleOf('x'), labelled, signal))?.scores, { pii: 1 });
    });
  });
});
