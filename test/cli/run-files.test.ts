import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ExportedRun, ImportedRuns, Report } from '../../schemas/generated/messages.ts';
import { copyExamples, createWorkspace, runAiwb } from './aiwb.ts';

/** Figures without what differs by nature: ids of runs. */
function figuresOf(report: Report): unknown {
  return report.variants.map(({ model, prompt, samples, failed, metrics, slices }) => ({
    ...{ model, prompt, samples, failed, metrics, slices },
  }));
}

describe('run files on the command line', function () {
  this.timeout(120_000);
  let here: ReturnType<typeof createWorkspace>;
  let there: ReturnType<typeof createWorkspace>;
  before(async () => {
    here = copyExamples();
    there = createWorkspace();
    const ran = await runAiwb(['run', 'triage.bench.yaml', '--limit', '40'], { cwd: here.folder });
    assert.equal(ran.code, 0, ran.stderr);
    const again = await runAiwb(['run', 'triage.bench.yaml', '--limit', '40', '--model', 'embedded:knn'], {
      cwd: here.folder,
    });
    assert.equal(again.code, 0, again.stderr);
  });
  after(() => {
    here.remove();
    there.remove();
  });

  const aiwb = async (folder: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runAiwb(args, { cwd: folder });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const reportOf = async (folder: string, id: string): Promise<Report> =>
    JSON.parse(await aiwb(folder, 'runs', 'export', id, '--to', 'json')) as Report;

  it('carry a run to another store, where it has the same figures, samples and slices', async () => {
    const { runs } = JSON.parse(await aiwb(here.folder, 'runs', 'list', '--json')) as { runs: { id: string }[] };
    const id = runs[1]?.id ?? '';
    await aiwb(here.folder, 'runs', 'export', id, '--to', 'run', '--samples', 'all', '-o', 'triage.run.json');
    const file = JSON.parse(readFileSync(path.join(here.folder, 'triage.run.json'), 'utf8')) as ExportedRun;
    assert.equal(file.samples.held, file.samples.total);
    copyFileSync(path.join(here.folder, 'triage.run.json'), path.join(there.folder, 'triage.run.json'));

    const imported = JSON.parse(await aiwb(there.folder, 'import', 'triage.run.json', '--json')) as ImportedRuns;
    const [run] = imported.runs;
    assert.equal(run?.origin, 'import');
    const before = await reportOf(here.folder, id);
    const after = await reportOf(there.folder, run.id);
    assert.deepEqual(figuresOf(after), figuresOf(before));
    assert.match(after.notes.join('\n'), new RegExp(`Imported from AI Workbench .*run ${id}`, 's'));
    assert.equal(after.environment?.source?.tool, 'ai-workbench');
    assert.deepEqual(after.comparisons, before.comparisons);
    const samples = async (folder: string, of: string) =>
      (await aiwb(folder, 'runs', 'export', of, '--to', 'jsonl')).trim().split('\n').sort();
    assert.deepEqual(await samples(there.folder, run.id), await samples(here.folder, id));

    const twice = JSON.parse(await aiwb(there.folder, 'import', 'triage.run.json', '--json')) as ImportedRuns;
    assert.deepEqual([twice.runs.length, twice.known.map(known => known.id)], [0, [run.id]]);
  });

  it('carry a comparison, each run of which comes in by itself', async () => {
    const { runs } = JSON.parse(await aiwb(here.folder, 'runs', 'list', '--json')) as { runs: { id: string }[] };
    const ids = runs.map(({ id }) => id);
    await aiwb(here.folder, 'runs', 'export', ...ids, '--to', 'run', '-o', path.join(there.folder, 'both.run.json'));
    const imported = JSON.parse(await aiwb(there.folder, 'import', 'both.run.json', '--json')) as ImportedRuns;
    assert.equal(imported.runs.length, 2);
    const [first] = imported.runs;
    assert.match((await reportOf(there.folder, first?.id ?? '')).notes.join(), /held no samples/);
  });

  it('are refused with the reason where they cannot come in', async () => {
    await aiwb(here.folder, 'tune', 'core.tune.yaml');
    await aiwb(here.folder, 'runs', 'export', 'latest', '--to', 'run', '-o', path.join(there.folder, 'tuned.run.json'));
    there.write('newer.run.json', '{"format": "aiwb-run", "schemaVersion": 9}');
    there.write('broken.run.json', '{"format": "aiwb-run", "schemaVersion": 1}');
    const cases: [file: string, words: RegExp][] = [
      ['tuned.run.json', /checkpoints stay where they were trained/],
      ['newer.run.json', /newer AI Workbench/],
      ['broken.run.json', /no exported run/],
    ];
    for (const [file, words] of cases) {
      const { code, stderr, stdout } = await runAiwb(['import', file], { cwd: there.folder });
      assert.equal(code, 2, stdout);
      assert.match(stderr, words);
    }
    const wrong = await runAiwb(['runs', 'export', 'latest', '--to', 'csv', '--samples', '5'], { cwd: here.folder });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--samples is for --to run/);
  });
});
