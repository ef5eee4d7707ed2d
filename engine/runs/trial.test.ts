import assert from 'node:assert/strict';
import path from 'node:path';
import type { PromptReport } from '../../schemas/generated/messages.ts';
import { validatePromptReport } from '../../schemas/generated/validators.js';
import { openBench, type BenchWorld } from '../../test/fakes/benchmarks.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../../test/fakes/openai-server.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { RunRecord } from '../ports/store.ts';
import { promptReport } from '../reports/prompt-report.ts';
import { renderPromptMarkdown, renderPromptText } from '../reports/prompt-text.ts';
import { estimateRun } from './estimate.ts';
import { neededPrograms } from './needed-programs.ts';
import { planRun } from './plan-run.ts';
import type { RunRequest } from './start.ts';
import { loadWorkspace } from '../workspace/workspace.ts';

const never = new AbortController().signal;
const prompt = `name: Triage
messages:
  - role: system
    content: You sort tickets.
  - role: user
    content: "Sort {{text}} in {{lang}}"
`;

describe('the trial of a prompt', function () {
  this.timeout(30_000);
  let world: BenchWorld;
  let server: FakeOpenAi;
  let answers: (text: string) => string;

  beforeEach(async () => {
    world = await openBench();
    answers = text => `answer to ${text}`;
    server = await startFakeOpenAi({ answers: messages => answers(messages.at(-1)?.content ?? '') });
    world.write(
      'workbench.yaml',
      `connections:
  gpt: {provider: openai, baseUrl: "${server.url}", model: a, price: {input: 1000, output: 1000}}
  vllm: {provider: openai, baseUrl: "${server.url}", model: b}
`,
    );
  });
  afterEach(async () => {
    await server.close();
    await world.close();
  });

  const tryIt = async (text: string, request: Partial<RunRequest> = {}): Promise<RunRecord> => {
    world.write('t.prompt.yml', text);
    return world.run('', { kind: 'prompt', path: path.join(world.folder, 't.prompt.yml'), ...request });
  };
  const reportOf = async ({ summary }: RunRecord): Promise<PromptReport> => {
    const report = await promptReport(summary.id, world.store, world.ports.clock, never);
    assert.ok(validatePromptReport(report), JSON.stringify(validatePromptReport.errors));
    return report;
  };
  const failureOf = async (text: string, request: Partial<RunRequest> = {}): Promise<string> => {
    const { summary } = await tryIt(text, request);
    assert.equal(summary.state, 'failed');
    assert.equal(server.stats.requests, 0, 'nothing was sent');
    return `${summary.failure?.message ?? ''} ${summary.failure?.remedy ?? ''}`;
  };

  it('asks every case of every model and shows the answers side by side', async () => {
    const values = 'models: [gpt, vllm]\nvalues: [{text: one, lang: en}, {text: two, lang: de}]\n';
    const record = await tryIt(prompt + values);
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    assert.equal(record.summary.kind, 'prompt');
    assert.equal(record.summary.name, 'Triage');
    assert.equal(server.stats.requests, 4);
    const report = await reportOf(record);
    assert.deepEqual(
      report.cases.map(({ input, answers: given }) => [input, given.map(({ variant, text }) => [variant, text])]),
      [
        [
          'text: one\nlang: en',
          [
            [0, 'answer to Sort one in en'],
            [1, 'answer to Sort one in en'],
          ],
        ],
        [
          'text: two\nlang: de',
          [
            [0, 'answer to Sort two in de'],
            [1, 'answer to Sort two in de'],
          ],
        ],
      ],
    );
    const [first] = report.cases[0]?.answers ?? [];
    assert.ok(first !== undefined && first.latencyMs !== undefined && first.firstTokenMs !== undefined);
    assert.ok((first.cost ?? 0) > 0);
    const [gpt, vllm] = report.models;
    assert.deepEqual([gpt?.model, gpt?.answered, gpt?.failed, vllm?.cost], ['gpt', 2, 0, undefined]);
    assert.ok((gpt?.cost ?? 0) > 0);
    assert.deepEqual(report.prompt.variables, ['text', 'lang']);
    assert.deepEqual(
      record.summary.headlines.map(({ model, unit }) => [model, unit]),
      [
        ['gpt', 'ms'],
        ['vllm', 'ms'],
      ],
    );
    assert.deepEqual(
      record.summary.progress.firstAnswers?.map(({ text }) => text.slice(0, 9)),
      ['answer to', 'answer to', 'answer to'],
    );
    assert.equal(record.report, undefined);
  });

  it('takes models, values, repeats and a budget given with it in place of its own', async () => {
    const own = 'models: [vllm]\nvalues: {text: own, lang: own} # mine\nlimits: {concurrency: 1}\n';
    const record = await tryIt(prompt + own, {
      models: ['gpt'],
      trial: { values: [{ text: 'given', lang: 'x: "y"\nz' }], repeats: 2, budget: 0.5 },
    });
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const report = await reportOf(record);
    assert.deepEqual([report.models.length, report.repeats, report.cases.length], [1, 2, 1]);
    assert.deepEqual(
      report.cases[0]?.answers.map(({ text }) => text),
      ['answer to Sort given in x: "y"\nz', 'answer to Sort given in x: "y"\nz'],
    );
    assert.match(record.spec.text, /limits: \{concurrency: 1, budget: 0\.50 USD\}/);
    assert.equal(record.spec.models, undefined);
  });

  it('takes the first rows of a dataset, five where it does not say how many', async () => {
    const rows = Array.from({ length: 8 }, (_, row) =>
      JSON.stringify({ text: `t${row}`, lang: row < 7 ? 'en' : 'de', label: `l${row}` }),
    );
    world.write('rows.jsonl', rows.join('\n'));
    const dataset = { path: 'rows.jsonl', target: 'label', slices: ['lang'] };
    const report = await reportOf(await tryIt(prompt, { models: ['gpt'], trial: { dataset } }));
    assert.deepEqual(
      report.cases.map(({ target, slices }) => [target, slices?.['lang']]),
      [0, 1, 2, 3, 4].map(row => [`l${row}`, 'en']),
    );
    const filtered = { ...dataset, filter: { lang: 'de' } };
    const one = await reportOf(await tryIt(prompt, { models: ['gpt'], limit: 3, trial: { dataset: filtered } }));
    assert.deepEqual(
      one.cases.map(({ input }) => input),
      ['text: t7\nlang: de'],
    );
  });

  it('asks a prompt without variables once, and by its own model where it names a connection', async () => {
    const report = await reportOf(await tryIt('model: vllm\nmessages: [{role: user, content: Hello}]\n'));
    assert.deepEqual(
      report.models.map(({ model }) => model),
      ['vllm'],
    );
    assert.deepEqual(
      report.cases.map(({ input, answers: [answer] }) => [input, answer?.text]),
      [['', 'answer to Hello']],
    );
    assert.equal(report.run.name, 't');
  });

  it('reuses answers paid for, but not where the person or the trial says no', async () => {
    const given = { models: ['gpt'], trial: { values: [{ text: 'a', lang: 'b' }] } };
    await tryIt(prompt, given);
    const again = await tryIt(prompt, given);
    assert.equal(server.stats.requests, 1);
    const report = await reportOf(again);
    assert.equal(report.cases[0]?.answers[0]?.cached, true);
    assert.equal(report.models[0]?.cached, 1);
    assert.match(report.notes.join(' '), /1 answer came from the cache/);
    assert.doesNotMatch(report.notes.join(' '), /No times are known/);
    await tryIt(prompt, { ...given, cache: false });
    await tryIt(`${prompt}cache: false\n`, given);
    assert.equal(server.stats.requests, 3);
  });

  it('goes on where it stopped', async () => {
    const stop = new AbortController();
    const held = Promise.withResolvers<undefined>();
    answers = text => {
      if (text.includes('c3')) {
        stop.abort(new WorkbenchError('cancelled', 'Cancelled.'));
        held.resolve(undefined);
      }
      return text;
    };
    const values = Array.from({ length: 6 }, (_, index) => ({ text: `c${index}`, lang: 'x' }));
    world.write('t.prompt.yml', `${prompt}limits: {concurrency: 1}\n`);
    const created = await world.create('', {
      kind: 'prompt',
      path: path.join(world.folder, 't.prompt.yml'),
      models: ['gpt'],
      trial: { values },
    });
    const stopped = await world.execute(created, stop.signal);
    await held.promise;
    assert.equal(stopped.summary.state, 'cancelled');
    const before = await reportOf(stopped);
    assert.equal(before.cases.length, 3);
    assert.match(before.notes.join(' '), /Partial: 3 of 6 answers are there\./);
    answers = text => text;
    const asked = server.stats.requests;
    const ended = await world.execute(await world.store.getRun(created.summary.id));
    assert.equal(ended.summary.state, 'succeeded', JSON.stringify(ended.summary.failure));
    assert.equal(server.stats.requests - asked, 3);
    const report = await reportOf(ended);
    assert.deepEqual(
      report.cases.map(({ row }) => row),
      [0, 1, 2, 3, 4, 5],
    );
    assert.match(report.notes.join(' '), /Resumed: 3 stored answers kept, 3 asked after it\./);
  });

  it('stops before it passes its budget', async () => {
    const values = Array.from({ length: 5 }, (_, index) => ({ text: `c${index}`, lang: 'x' }));
    const { summary } = await tryIt(`${prompt}modelParameters: {maxTokens: 20}\nlimits: {concurrency: 1}\n`, {
      models: ['gpt'],
      trial: { values, budget: 0.06 },
    });
    assert.equal(summary.failure?.code, 'budget-exceeded');
    assert.ok(summary.progress.done > 0 && summary.progress.done < 5, String(summary.progress.done));
  });

  it('shows failures beside answers', async () => {
    world.write(
      'workbench.yaml',
      `connections:
  gpt: {provider: openai, baseUrl: "${server.url}", model: a}
  gone: {provider: openai, baseUrl: "http://127.0.0.1:9/v1", model: b}
`,
    );
    const record = await tryIt(`${prompt}limits: {retries: 0}\n`, {
      models: ['gpt', 'gone'],
      trial: { values: [{ text: 'a', lang: 'b' }] },
    });
    assert.equal(record.summary.state, 'failed');
    const report = await reportOf(record);
    const [answer, failure] = report.cases[0]?.answers ?? [];
    assert.equal(answer?.text, 'answer to Sort a in b');
    assert.equal(failure?.failure?.class, 'network');
    assert.deepEqual(report.models[1]?.failures, { network: 1 });
    assert.match(renderPromptText(report, 120), /FAILED \(network\)/);
  });

  it('writes hostile answers as text', async () => {
    const hostile = '<script>alert(1)</script> ```\n# not a heading [x](y)\u001b[31mred\u202egnol';
    answers = () => hostile;
    const report = await reportOf(
      await tryIt(prompt, { models: ['gpt'], trial: { values: [{ text: '`*|', lang: 'b' }] } }),
    );
    assert.equal(report.cases[0]?.answers[0]?.text, hostile);
    const markdown = renderPromptMarkdown(report);
    assert.ok(
      markdown.includes(
        '````text\n<script>alert(1)</script> ```\n# not a heading [x](y)⟪U+001B⟫[31mred⟪U+202E⟫gnol\n````',
      ),
    );
    for (const text of [markdown, renderPromptText(report, 80)]) assert.ok(!/[\u001b\u202e]/.test(text));
  });

  it('cuts what is long and says how long it was', async () => {
    answers = () => '😀'.repeat(60_000);
    const report = await reportOf(
      await tryIt(prompt, { models: ['gpt'], trial: { values: [{ text: 'x'.repeat(9_000), lang: 'b' }] } }),
    );
    const [one] = report.cases;
    const [answer] = one?.answers ?? [];
    assert.equal(answer?.characters, 120_000);
    assert.ok((answer.text?.length ?? 0) <= 20_000 && answer.text?.isWellFormed() === true);
    assert.equal(one?.inputCharacters, 9_000 + 'text: \nlang: b'.length);
    assert.ok((report.run.progress.firstAnswers?.[0]?.text.length ?? 999) <= 201);
    assert.ok(renderPromptMarkdown(report).length < 12_000);
    assert.match(renderPromptText(report, 80), /120,000 characters in all: aiwb runs show \S+#1/);
  });

  describe('is refused before anything is sent', () => {
    const given = { models: ['gpt'] };
    for (const [why, more, request, expected] of [
      [
        'a variable that nothing fills',
        '',
        given,
        /:6:22: Nothing says what `text` stands for\. .*\(and 1 more\) Say what each variable/,
      ],
      [
        'a case that lacks a value',
        'values: [{text: a, lang: b}, {text: a}]\n',
        given,
        /Case 2 of `values` does not say what `lang` stands for\./,
      ],
      [
        'a misspelt name',
        'values: {txt: a, lang: b}\n',
        given,
        /`values` does not say what `text` stands for\. Did you mean `txt`\?/,
      ],
      ['no model', 'values: {text: a, lang: b}\n', {}, /Missing `models`/],
      [
        'an unknown model',
        'values: {text: a, lang: b}\n',
        { models: ['gtp'] },
        /declares no connection `gtp`\. Did you mean `gpt`\?/,
      ],
      [
        'an embedded model',
        'values: {text: a, lang: b}\n',
        { models: ['embedded:knn'] },
        /`embedded:knn` reads no prompt/,
      ],
      ['two sources of cases', 'values: {text: a, lang: b}\ndataset: {path: t.prompt.yml}\n', given, /not from both/],
      ['a missing dataset', 'dataset: {path: gone.jsonl}\n', given, /There is no file `gone\.jsonl`/],
      ['too many rows', 'dataset: {limit: 101, path: gone.jsonl}\n', given, /must be at most 100/],
      [
        'a weight that reads one text',
        'values: {text: a, lang: b}\n',
        { models: ['checkpoint:x'] },
        /reads one text and no prompt/,
      ],
    ] as const) {
      it(`for ${why}`, async () => {
        if (request.models?.[0] === 'checkpoint:x') {
          world.write('t.prompt.yml', prompt + more);
          const spec = {
            kind: 'prompt',
            text: `${prompt}${more}models: [checkpoint:x]\n`,
            path: path.join(world.folder, 't.prompt.yml'),
          } as const;
          const whole = { ...spec, file: 't.prompt.yml', name: 'x', folder: world.folder, origin: 'terminal' } as const;
          await assert.rejects(planRun(whole, world.ports, never), expected);
          return;
        }
        assert.match(await failureOf(prompt + more, { ...request, models: request.models ?? undefined }), expected);
      });
    }

    it('for a column that the dataset lacks', async () => {
      world.write('rows.jsonl', '{"text": "a", "language": "en"}\n');
      assert.match(
        await failureOf(prompt, { models: ['gpt'], trial: { dataset: { path: 'rows.jsonl' } } }),
        /:6:34: `rows\.jsonl` has no column `lang`\. .*Its columns: `text` and `language`\./,
      );
    });

    it('for what is no trial at all', async () => {
      await assert.rejects(tryIt('messages: 3\nmodels: [gpt]\n'), { code: 'file-invalid' });
      await assert.rejects(world.create('name: x\n', { trial: { repeats: 2 } }), { code: 'usage' });
    });
  });

  it('is estimated and says which programs it would start', async () => {
    world.write('workbench.yaml', 'connections:\n  mine: {provider: command, command: [./answer, -q]}\n');
    world.write('t.prompt.yml', prompt);
    const { spec } = await world.create('', {
      kind: 'prompt',
      path: path.join(world.folder, 't.prompt.yml'),
      models: ['mine'],
      trial: { values: [{ text: 'a', lang: 'b' }] },
    });
    const estimate = await estimateRun(spec, world.ports, never);
    assert.deepEqual([estimate.rows, estimate.samples, estimate.variants[0]?.outputTokens], [1, 1, 256]);
    assert.match(estimate.variants[0]?.firstRequest ?? '', /user: Sort a in b/);
    const workspace = await loadWorkspace(world.ports.files, world.folder, never);
    assert.deepEqual(neededPrograms(spec, workspace), [['./answer', '-q']]);
  });

  it('has no report of a benchmark, and a benchmark has none of its own', async () => {
    const record = await world.run('name: x\ndataset: {path: r.jsonl, input: q}\nmodels: [gpt]\n');
    await assert.rejects(promptReport(record.summary.id, world.store, world.ports.clock, never), { code: 'usage' });
  });
});
