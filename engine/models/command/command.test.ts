import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FailureClass } from '../../../schemas/generated/messages.ts';
import { createClock } from '../../../platform/host/clock.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { createPrograms } from '../../../platform/processes/programs.ts';
import { AnswerFailure, type Model, type Question } from '../model.ts';
import { createCommandModel, type CommandSettings } from './model.ts';

const never = new AbortController().signal;
const program = path.resolve(import.meta.dirname, '../../../test/fakes/line-program.ts');

describe('command model', () => {
  let folder: string;
  let log: string;
  const models: Model[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-command-'));
    log = path.join(folder, 'log');
  });
  afterEach(async () => {
    for (const model of models.splice(0)) await model.close();
    rmSync(folder, { recursive: true });
  });

  function create(settings: Partial<CommandSettings> = {}, isAllowed = true): Model {
    const model = createCommandModel(
      { name: 'rules', command: [process.execPath, program, log], folder, ...settings },
      { programs: createPrograms(() => isAllowed), clock: createClock(), digest: createDigest() },
    );
    models.push(model);
    return model;
  }

  const logged = (): readonly string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  const starts = (): number => logged().filter(line => line.startsWith('start ')).length;

  it('answers many at once from few processes, each question once', async () => {
    const model = create({ processes: 3 });
    const inputs = Array.from({ length: 200 }, (_, at) => `row ${at}`);
    const answers = await Promise.all(inputs.map(input => model.answer(ask(input), never)));
    assert.deepEqual(
      answers.map(answer => answer.output),
      inputs.map(input => input.toUpperCase()),
    );
    assert.ok(answers.every(answer => answer.attempts === 1 && (answer.latencyMs ?? 0) > 0));
    assert.equal(starts(), 3);
    assert.deepEqual(
      logged()
        .filter(line => line.startsWith('row'))
        .sort(),
      [...inputs].sort(),
    );
  });

  it('takes probabilities, choices and outputs that are no text', async () => {
    const model = create();
    const answer = await model.answer(ask('FAULT=probabilities'), never);
    const probabilities = { cat: 0.2, dog: 0.8 };
    const { latencyMs } = answer;
    assert.deepEqual(answer, { output: 'dog', probabilities, inputTokens: 3, outputTokens: 1, latencyMs, attempts: 1 });
    const choice = await model.answer({ ...ask('FAULT=choices'), choices: ['a', 'b'] }, never);
    assert.deepEqual([choice.output, choice.choiceLogprobs], ['b', [-2, -1]]);
    assert.equal((await model.answer(ask('FAULT=number'), never)).output, '{"amount":4}');
  });

  it('takes a large answer, and the first of two', async () => {
    const model = create();
    assert.equal((await model.answer(ask('FAULT=huge'), never)).output.length, 10 * 2 ** 20);
    assert.equal((await model.answer(ask('FAULT=twice'), never)).output, 'first');
    assert.equal((await model.answer(ask('next'), never)).output, 'NEXT');
    assert.equal(starts(), 1);
  });

  const cases: readonly [fault: string, expected: FailureClass, starts: number, words: RegExp][] = [
    ['error', 'model', 1, /The program of rules reported an error: no such label\./],
    ['crash', 'model', 2, /broke: .* ended with status 1\. It wrote: Traceback: CUDA out of memory/],
    ['exit', 'model', 2, /ended before it had answered/],
    ['garbage', 'malformed', 2, /no answer: Loading weights: 10%\. Print logs to the standard error/],
    ['stranger', 'malformed', 2, /no answer: \{"id":"999999"/],
    ['nan', 'malformed', 1, /not JSON/],
    ['outputless', 'malformed', 1, /without `output`/],
    ['impossible', 'malformed', 1, /not between 0 and 1/],
    ['endless', 'model', 2, /line of more than 16 MB/],
    ['silent', 'timeout', 2, /gave no answer within 0\.3 s\. Raise limits\.timeout/],
    ['hang', 'timeout', 2, /gave no answer within 0\.3 s/],
    ['late', 'timeout', 1, /gave no answer within 0\.3 s/],
  ];
  for (const [fault, expected, started, words] of cases) {
    it(`classes ${fault} as ${expected} and goes on`, async () => {
      const model = create();
      await model.answer(ask('warm'), never);
      const isSlow = expected === 'timeout';
      // Something else is printed meanwhile, so that a slow program is not taken for one that hangs.
      const other = fault === 'late' ? wait(100).then(() => model.answer(ask('other'), never)) : undefined;
      const failure = await failureOf(
        model.answer({ ...ask(`FAULT=${fault}`), timeout: isSlow ? 300 : 20_000 }, never),
      );
      assert.equal(failure.class, expected, failure.message);
      assert.equal(failure.attempts, 1);
      assert.match(failure.message, words);
      assert.ok(!failure.message.includes('\n'));
      await other;
      if (fault === 'late') await wait(300); // The late reply comes and is nobody's.
      assert.equal((await model.answer(ask('after'), never)).output, 'AFTER');
      assert.equal(starts(), started);
    });
  }

  it('asks once more what was lost with another question', async () => {
    const model = create();
    const answers = await Promise.allSettled(
      ['FAULT=silent a', 'b', 'FAULT=crash'].map(input => model.answer({ ...ask(input), timeout: 1500 }, never)),
    );
    assert.deepEqual(
      answers.map(answer =>
        answer.status === 'fulfilled' ? answer.value.output : (answer.reason as AnswerFailure).class,
      ),
      ['timeout', 'B', 'model'],
    );
    // The one that crashes might have been innocent, and so might the silent one: each is asked again, alone.
    assert.equal(logged().filter(line => line === 'FAULT=crash').length, 2);
    assert.equal(logged().filter(line => line === 'b').length, 1);
  });

  it('gives up a program that breaks every time, and says why', async () => {
    const model = create();
    for (let round = 0; round < 5; round += 1) await failureOf(model.answer(ask('FAULT=crash'), never));
    const failure = await failureOf(model.answer(ask('x'), never));
    assert.deepEqual([failure.class, failure.attempts], ['model', 0]);
    assert.match(failure.message, /not started again after it broke 5 times in a row: broke: .*CUDA out of memory/);
    assert.equal(starts(), 5);
  });

  it('says when the program cannot be started', async () => {
    const failure = await failureOf(create({ command: ['no-such-program-here'] }).answer(ask('x'), never));
    assert.equal(failure.class, 'model');
    assert.match(failure.message, /`no-such-program-here` could not be started/);
  });

  it('ends the run where the command was not allowed', async () => {
    await assert.rejects(create({}, false).answer(ask('x'), never), { code: 'program-not-allowed' });
    assert.equal(starts(), 0);
  });

  it('stops waiting when the run is stopped', async () => {
    const controller = new AbortController();
    const model = create();
    const asked = model.answer(ask('FAULT=silent'), controller.signal);
    const rejected = assert.rejects(asked, /enough/);
    controller.abort(new Error('enough'));
    await rejected;
  });

  it('hands no credentials to the program', async () => {
    process.env['CANARY_API_KEY'] = 'x';
    try {
      const { output } = await create().answer(ask('FAULT=environment'), never);
      assert.ok(output.includes('PATH') && !output.includes('CANARY'), output);
    } finally {
      delete process.env['CANARY_API_KEY'];
    }
  });

  it('is another model when its command or files change', () => {
    const digests = [{}, { files: ['a'] }, { command: ['x'] }, { model: 'v2' }, { parameters: { seed: 1 } }].map(
      settings => create(settings).digest,
    );
    assert.equal(new Set(digests).size, digests.length);
  });
});

function ask(input: string): Question {
  return { input, messages: [{ role: 'user', content: input }], parameters: {}, stream: false, timeout: 20_000 };
}

async function failureOf(answer: Promise<unknown>): Promise<AnswerFailure> {
  try {
    await answer;
  } catch (error) {
    assert.ok(error instanceof AnswerFailure, String(error));
    return error;
  }
  assert.fail('There was an answer.');
}
