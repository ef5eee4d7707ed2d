import assert from 'node:assert/strict';
import {
  coreAspect,
  makeJob,
  makeTickets,
  openTuning,
  toJsonLines,
  type TicketRow,
  type TuningWorld,
} from '../../test/fakes/tuning.ts';
import { WorkbenchError, type ErrorCode } from '../base/errors.ts';
import { estimateTuning } from './estimate.ts';
import { planTuning, type TuningPlan } from './plan.ts';

const { signal } = new AbortController();
const robustness = (file: string): string =>
  `  robustness:\n    dataset: {path: ${file}, input: text, target: topic, split: {field: split, train: train, test: test}}\n`;

describe('the plan of a tuning run', () => {
  let world: TuningWorld;
  beforeEach(async () => (world = await openTuning()));
  afterEach(() => world.close());

  const plan = async (job: string, rows?: readonly object[]): Promise<TuningPlan> => {
    if (rows !== undefined) world.write('tickets.jsonl', toJsonLines(rows));
    return planTuning((await world.create(job)).spec, world.ports, world.store.blobs, signal);
  };
  const refuses =
    (code: ErrorCode, ...parts: RegExp[]) =>
    (error: unknown) => {
      assert.ok(error instanceof WorkbenchError, String(error));
      assert.equal(error.code, code, error.message);
      for (const part of parts) assert.match(error.message, part);
      return true;
    };

  const rows = makeTickets(240);
  const test = rows.findIndex(({ split }) => split === 'test');
  const train = rows.findIndex(({ split }) => split === 'train');
  const withRow = (at: number, change: Partial<TicketRow>): TicketRow[] => rows.with(at, { ...rows[at]!, ...change });

  const leaks: readonly (readonly [what: string, rows: readonly TicketRow[], ...parts: RegExp[]])[] = [
    [
      'a text in both splits',
      withRow(test, { text: rows[train]!.text }),
      new RegExp(
        `^1 test row has the text of a training row: tickets\\.jsonl:${test + 1} is tickets\\.jsonl:${train + 1}\\.$`,
      ),
    ],
    [
      'a text with other white space around it',
      withRow(test, { text: `\n ${rows[train]!.text}\t ` }),
      /^1 test row has/,
    ],
    ['a text with another label', withRow(test, { text: rows[train]!.text, topic: 'login' }), /^1 test row has/],
    [
      'many texts, of which three are named',
      [
        ...rows,
        ...rows
          .filter(({ split }) => split === 'train')
          .slice(0, 5)
          .map(row => ({ ...row, split: 'test' })),
      ],
      /^5 test rows have the text of a training row: /,
      /tickets\.jsonl:241 is [^;]*; tickets\.jsonl:242 is [^;]*; tickets\.jsonl:243 is [^;]*; and 2 more\.$/,
    ],
  ];
  for (const [what, changed, ...parts] of leaks) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(plan(makeJob(), changed), refuses('dataset-leakage', ...parts));
    });
  }

  it('refuses a text that one aspect learns and another tests', async () => {
    world.write(
      'noisy.jsonl',
      toJsonLines([...makeTickets(150, { prefix: 'noisy' }), { ...rows[test]!, split: 'train' }]),
    );
    await assert.rejects(
      plan(makeJob('', coreAspect() + robustness('noisy.jsonl'))),
      refuses('dataset-leakage', new RegExp(`tickets\\.jsonl:${test + 1} is noisy\\.jsonl:151`)),
    );
  });

  it('takes texts that differ inside for different ones, and the same text twice in one split', async () => {
    await plan(makeJob(), withRow(test, { text: rows[train]!.text.replaceAll(' ', '  ') }));
    await plan(makeJob(), [...rows, rows[test]!, rows[train]!]);
  });

  const without = (topic: string, split: string) => rows.filter(row => row.topic !== topic || row.split !== split);
  const classes: readonly (readonly [what: string, code: ErrorCode, rows: readonly object[], ...parts: RegExp[]])[] = [
    [
      'a class without training rows',
      'split-class-empty',
      without('login', 'train'),
      /split "train" of core performance has no row of "login" to learn from/,
    ],
    [
      'a class without test rows',
      'split-class-empty',
      without('login', 'test'),
      /split "test" of core performance has no row of "login"\.$/,
    ],
    [
      'several such classes',
      'split-class-empty',
      without('login', 'test').filter(row => row.topic !== 'billing' || row.split !== 'test'),
      /no row of "login", "billing"\.$/,
    ],
    [
      'one class alone',
      'model-unsuitable',
      rows.filter(({ topic }) => topic === 'login'),
      /All rows have one class, "login"/,
    ],
    [
      'no training rows',
      'dataset-empty',
      rows.filter(({ split }) => split === 'test'),
      /no row has split = "train", for core performance/,
    ],
    ['no test rows', 'dataset-empty', rows.filter(({ split }) => split === 'train'), /no row has split = "test"/],
    [
      'too few rows to hold any out',
      'dataset-empty',
      [
        ...makeTickets(3).map((row, index) => ({ ...row, text: `a${index}`, split: 'train' })),
        ...makeTickets(3).map(row => ({ ...row, split: 'test' })),
      ],
      /holding 10 % out of 3 training rows of core performance leaves no row to choose/,
    ],
    [
      'a row without its label',
      'dataset-column-missing',
      [...rows, { text: 'no label', channel: 'chat', split: 'train' }],
      /tickets\.jsonl:241.*no column "topic"/,
    ],
  ];
  for (const [what, code, changed, ...parts] of classes) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(plan(makeJob(), changed), refuses(code, ...parts));
    });
  }

  it('holds rows out by their content: equal texts go together, and the same ones again', async () => {
    const held = async (from: readonly TicketRow[]) =>
      new Set((await plan(makeJob(), from)).aspects[0]!.validation.map(({ text }) => text));
    const first = await held(rows);
    assert.deepEqual(await held(rows.toReversed()), first);
    const doubled = await plan(
      makeJob(),
      [...rows, ...rows.map(row => ({ ...row, text: ` ${row.text}` }))]
        .filter(({ split }) => split === 'train')
        .concat(rows.filter(({ split }) => split === 'test')),
    );
    const [core] = doubled.aspects;
    const learnt = new Set(core!.training.map(({ text }) => text.trim()));
    assert.equal(core!.validation.length, 2 * first.size);
    assert.ok(core!.validation.every(({ text }) => !learnt.has(text.trim())));
    const longer = await held([...rows, ...makeTickets(90, { seed: 4, prefix: 'new' })]);
    assert.ok(
      [...first].every(text => longer.has(text)),
      'more rows hold out more and none less',
    );
  });

  it('holds a text of two aspects out of both, by the larger share', async () => {
    world.write('noisy.jsonl', toJsonLines(rows));
    const half = robustness('noisy.jsonl').replace('test: test}', 'test: test, validation: 0.5}');
    const { aspects } = await plan(makeJob('', coreAspect() + half), rows);
    const [core, noisy] = aspects;
    assert.deepEqual(
      core!.validation.map(({ text }) => text),
      noisy!.validation.map(({ text }) => text),
    );
    assert.ok(core!.validation.length > 50);
  });

  it('holds rows of one group out together, across aspects', async () => {
    const grouped = (given: readonly TicketRow[], suffix: string) =>
      toJsonLines(given.map((row, index) => ({ ...row, text: `${row.text} ${suffix}`, source: `s${index}` })));
    world.write('noisy.jsonl', grouped(rows, 'hm') + grouped(rows, 'erm'));
    world.write('clean.jsonl', grouped(rows, 'so'));
    const withGroup = (text: string): string => text.replace('test: test}', 'test: test, group: source}');
    const { aspects } = await plan(
      makeJob(
        '',
        withGroup(coreAspect().replace('tickets.jsonl', 'clean.jsonl')) + withGroup(robustness('noisy.jsonl')),
      ),
      rows,
    );
    const [core, noisy] = aspects;
    const names = (list: readonly { groupName?: string }[]): Set<string | undefined> =>
      new Set(list.map(({ groupName }) => groupName));
    assert.ok(core!.validation.length > 3);
    assert.equal(noisy!.validation.length, 2 * core!.validation.length);
    assert.deepEqual(names(noisy!.validation), names(core!.validation));
    assert.ok([...names(noisy!.training)].every(name => !names(core!.validation).has(name)));
  });

  it('refuses a group that is both learnt and tested', async () => {
    const train = rows.find(({ split }) => split === 'train')!;
    const shared = rows.map((row, index) => ({
      ...row,
      source: row === train || index === rows.findIndex(({ split }) => split === 'test') ? 'same' : `s${index}`,
    }));
    world.write('clean.jsonl', toJsonLines(shared));
    const job = makeJob(
      '',
      coreAspect().replace('tickets.jsonl', 'clean.jsonl').replace('test: test}', 'test: test, group: source}'),
    );
    await assert.rejects(
      plan(job, rows),
      refuses('dataset-leakage', /1 group is both learnt and tested: "same" \(clean/),
    );
  });

  it('estimates what it would do', async () => {
    const { spec } = await world.create(
      makeJob('hyperparameters: {epochs: 4}\nlimits: {deadline: PT2M}\nregister: {model: m}\n'),
    );
    const estimate = await estimateTuning(spec, world.ports, undefined, signal);
    assert.equal(estimate.name, 'triage');
    assert.ok(estimate.rows > 50 && estimate.trainingRows > 100);
    assert.match(
      estimate.notes.join('\n'),
      /4 epochs from embedded:linear on local, 3 classes[^]*Core performance: \d+ rows to learn from[^]*2 min 0 s[^]*new version of m/,
    );
  });
});
