import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toJsonLines } from '../../../test/fakes/tuning.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { createClock } from '../../../platform/host/clock.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { inspectJob } from './inspect-job.ts';
import { renderTuningData, renderTuningDataMarkdown } from './text.ts';

const ports = { files: createFiles(), digest: createDigest(), clock: createClock() };
const { signal } = new AbortController();

describe('what is in a tuning job’s data', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-inspect-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const inspect = (text: string) => inspectJob({ text, path: path.join(folder, 'x.tune.yaml'), folder }, ports, signal);
  const write = (name: string, text: string): void => {
    writeFileSync(path.join(folder, name), text);
  };
  const chat = (question: string, answer: string, split: string) => ({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
    split,
  });

  it('is counted in rows and tokens, and costed by the platform’s price', async () => {
    write(
      'workbench.yaml',
      'connections: {gpt: {provider: openai, model: m, apiKey: {env: K}}}\ncompute: {svc: {type: openai, connection: gpt, price: 25}}\n',
    );
    const rows = Array.from({ length: 60 }, (_, index) =>
      chat(`ask ${String(index).padStart(4, '0')}`, 'say', index % 3 === 0 ? 'test' : 'train'),
    );
    write('c.jsonl', toJsonLines([...rows, chat(`long ${'x'.repeat(400)}`, 'y'.repeat(40), 'test')]));
    const report = await inspect(
      'name: x\nbase: service:m\nplatform: svc\nhyperparameters: {epochs: 4}\naspects: {core-performance: {dataset: {path: c.jsonl, messages: messages, split: {field: split, train: train, test: test}}}}\n',
    );
    const [training, validation, test] = report.aspects[0]?.roles ?? [];
    assert.equal((training?.rows ?? 0) + (validation?.rows ?? 0), 40);
    assert.equal(test?.rows, 21);
    // `ask 0000` has eight characters, `say` three; four make a token.
    assert.deepEqual([training?.inputTokens, training?.answerTokens], [2 * (training?.rows ?? 0), training?.rows]);
    assert.equal(test.longest[0]?.place, 'c.jsonl:61');
    assert.equal(report.trainingTokens, 3 * (training?.rows ?? 0));
    assert.equal(report.cost, (report.trainingTokens * 4 * 25) / 1e6);
    assert.match(
      renderTuningData(report),
      /x: text-generation, about \d+ tokens to learn from, 4 epochs, about 0\.\d+ USD\./,
    );
  });

  it('tells rows that are cut, repeated, or contradict one another, and how classes are balanced', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      q: index === 7 ? 'q '.repeat(100) : `q${index}`,
      a: index % 4 === 0 ? 'seldom' : 'often',
      split: index % 5 === 0 ? 'test' : 'train',
    }));
    write('r.jsonl', toJsonLines([...rows, { ...rows[1]! }, { ...rows[2]!, a: 'seldom' }]));
    const report = await inspect(
      'name: x\nbase: hub:o/m\ntask: text-classification\nhyperparameters: {maxLength: 16}\naspects: {robustness: {dataset: {path: r.jsonl, input: q, target: a, split: {field: split, train: train, test: test}}}}\n',
    );
    const [aspect] = report.aspects;
    assert.deepEqual(aspect?.duplicates, { rows: 2, places: ['r.jsonl:61', 'r.jsonl:62'] });
    assert.deepEqual(aspect.contradictions, { rows: 1, places: ['r.jsonl:62'] });
    const cut = aspect.roles.flatMap(role => role.cut?.places ?? []);
    assert.deepEqual(cut, ['r.jsonl:8']);
    const [often, seldom] = aspect.labels ?? [];
    assert.equal(often?.label, 'often');
    assert.equal(
      often.training +
        often.validation +
        often.test +
        (seldom?.training ?? 0) +
        (seldom?.validation ?? 0) +
        (seldom?.test ?? 0),
      62,
    );
    assert.match(renderTuningDataMarkdown(report), /\| often \|/);
  });

  it('finds personal data and secrets by row, and tells none of it', async () => {
    const secrets = [
      'ada.canary@mail.example.org',
      '+65 6123 4567',
      'GB82 WEST 1234 5698 7654 32',
      '4111 1111 1111 1111',
      '219-09-9999',
      'S1234567D',
      'AB123456C',
      '84.17.52.9',
      `sk-${'aB3'.repeat(10)}`,
    ];
    const rows = Array.from({ length: 40 }, (_, index) =>
      chat(`ask ${String(index)}`, 'say', index % 4 === 0 ? 'test' : 'train'),
    );
    secrets.forEach((secret, index) => {
      rows[2 * index + 1] = chat(
        `my number ${String(index)} is ${secret}`,
        index % 2 === 0 ? 'ok' : `you said ${secret}`,
        'train',
      );
    });
    write('c.jsonl', toJsonLines(rows));
    const report = await inspect(
      'name: x\nbase: hub:o/m\naspects: {core-performance: {dataset: {path: c.jsonl, messages: messages, split: {field: split, train: train, test: test}}}}\n',
    );
    const found = report.aspects[0]?.personalData ?? [];
    assert.deepEqual(
      found.map(({ kind, rows: count }) => [kind, count]),
      ['email', 'phone', 'credit-card', 'iban', 'ip-address', 'ssn', 'nric', 'nino', 'secret'].map(kind => [kind, 1]),
    );
    assert.deepEqual(found[0]?.places, ['c.jsonl:2']);
    assert.equal(found.find(({ kind }) => kind === 'phone')?.matches, 2);
    const told = [JSON.stringify(report), renderTuningData(report), renderTuningDataMarkdown(report)].join('\n');
    for (const secret of secrets) assert.ok(!told.includes(secret), secret);
  });

  it('hides a class that is itself personal data, and tells what keeps the job from being trained', async () => {
    const rows = Array.from({ length: 40 }, (_, index) => ({
      q: `q${index === 4 ? 1 : index}`,
      a: index % 2 === 0 ? 'a' : 'who@mail.example.org',
      split: index % 4 === 0 ? 'test' : 'train',
    }));
    write('r.jsonl', toJsonLines(rows));
    const report = await inspect(
      'name: x\nbase: embedded:linear\naspects: {core-performance: {dataset: {path: r.jsonl, input: q, target: a, split: {field: split, train: train, test: test}}}}\n',
    );
    assert.ok(!JSON.stringify(report).includes('who@mail'));
    assert.equal(report.problems[0]?.code, 'dataset-leakage');
    assert.match(renderTuningData(report), /1 test row has the text of a training row: r\.jsonl:5 is r\.jsonl:2\./);
  });

  it('is not told of a job with errors', async () => {
    await assert.rejects(
      inspect(
        'name: x\nbase: hub:o/m\naspects: {robustness: {dataset: {path: no.jsonl, messages: m, split: {test: 30%}}}}\n',
      ),
      { code: 'file-invalid' },
    );
  });
});
