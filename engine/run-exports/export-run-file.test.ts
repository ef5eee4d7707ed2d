import assert from 'node:assert/strict';
import type { ExportedRun, Report } from '../../schemas/generated/messages.ts';
import { validateExportedRun } from '../../schemas/generated/validators.js';
import { makeSample, without } from '../../test/fakes/runs.ts';
import { openReportWorld, type ReportWorld } from '../../test/fakes/reports.ts';
import { runFilePieces, type SampleShare } from './export-run-file.ts';

describe('run files', () => {
  let world: ReportWorld;
  before(async () => {
    world = await openReportWorld();
    const failed = { class: 'timeout' as const, message: 'late' };
    const answers = Array.from({ length: 2600 }, (_, row) => {
      const isRight = row % 10 !== 0;
      const sample = makeSample(row, {
        right: isRight,
        scores: { accuracy: Number(isRight) },
        output: `line\n"${String(row)}"`,
      });
      if (row % 100 !== 5) return sample;
      return without({ ...sample, scores: {}, failure: failed }, 'right', 'output');
    });
    await world.run('first', answers, 'metrics: [accuracy, latency]');
    await world.run('second', answers.slice(0, 40), 'metrics: [accuracy, latency]');
  });
  after(() => world.close());

  const write = async (runIds: string[], share: SampleShare): Promise<{ text: string; file: ExportedRun }> => {
    let text = '';
    const { store, clock, signal } = world;
    for await (const piece of runFilePieces(runIds, share, { store, clock, workbench: '1.2.3' }, signal)) text += piece;
    const file = JSON.parse(text) as ExportedRun;
    assert.ok(validateExportedRun(file), JSON.stringify(validateExportedRun.errors));
    return { text, file };
  };

  it('hold the report, and each sample once on a line of its own', async () => {
    const { text, file } = await write(['first'], 'all');
    assert.deepEqual(file.samples, { held: 2600, total: 2600 });
    assert.deepEqual(
      file.rows?.map(({ sample }) => sample.id),
      Array.from({ length: 2600 }, (_, at) => at + 1),
    );
    const lines = text.split('\n');
    assert.equal(lines.filter(line => line.startsWith('{"run":0,"sample":')).length, 2600);
    assert.ok(lines.includes('"rows":['));
    assert.equal((file.report as Report).runs[0]?.id, 'first');
    assert.equal(file.workbench, '1.2.3');
  });

  it('hold as many as are asked for, wrong and failed ones first', async () => {
    const { file } = await write(['first'], 300);
    assert.deepEqual(file.samples, { held: 300, total: 2600 });
    const states = file.rows?.map(({ sample }) => (sample.state === 'failed' ? 'failed' : String(sample.right)));
    const runs = states?.filter((state, at) => state !== states[at - 1]);
    assert.deepEqual(runs, ['false', 'failed', 'true']);
    assert.equal(new Set(file.rows?.map(({ sample }) => sample.id)).size, 300);
    assert.equal(
      (await write(['first'], 50)).file.rows?.every(({ sample }) => sample.right === false),
      true,
    );
  });

  it('hold none by themselves, and several runs by their position', async () => {
    assert.deepEqual((await write(['first'], 0)).file.rows, []);
    const { file } = await write(['second', 'first'], 50);
    assert.deepEqual(file.samples, { held: 90, total: 2640 });
    assert.deepEqual(
      [0, 1].map(run => file.rows?.filter(row => row.run === run).length),
      [40, 50],
    );
    assert.deepEqual(
      file.report?.runs.map(({ id }) => id),
      ['second', 'first'],
    );
  });
});
