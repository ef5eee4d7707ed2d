import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../schemas/generated/messages.ts';
import { runAiwb as aiwb } from './aiwb.ts';

const fixtures = fileURLToPath(new URL('../fixtures/imports/', import.meta.url));
const lmEval = readdirSync(fixtures).find(name => name.startsWith('results_')) ?? '';

interface Imported {
  readonly runs: readonly { id: string; name: string; origin: string; progress: { done: number; failed: number } }[];
  readonly known: readonly { id: string }[];
}

function makeWorkspace(): string {
  return mkdtempSync(path.join(tmpdir(), 'aiwb-import-'));
}

async function importFiles(folder: string, ...files: string[]): Promise<Imported> {
  const { code, stdout, stderr } = await aiwb(['import', ...files, '--json'], { cwd: folder });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Imported;
}

async function report(folder: string, id: string): Promise<Report> {
  const { stdout } = await aiwb(['runs', 'export', id, '--to', 'json'], { cwd: folder });
  return JSON.parse(stdout) as Report;
}

async function samples(folder: string, id: string): Promise<Record<string, unknown>[]> {
  const { stdout } = await aiwb(['runs', 'export', id, '--to', 'jsonl'], { cwd: folder });
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

function figure(of: Report, variant: number, metric: string): number | null | undefined {
  return of.variants[variant]?.metrics.find(value => value.metric === metric)?.value;
}

describe('aiwb import', () => {
  it('brings an lm-eval results file in as a run a task, with the samples beside it', async () => {
    const folder = makeWorkspace();
    const { runs } = await importFiles(folder, path.join(fixtures, lmEval));
    assert.deepEqual(runs.map(({ name, origin, progress }) => [name, origin, progress.done]).sort(), [
      ['sums_gen', 'import', 6],
      ['which_mc', 'import', 6],
    ]);
    const choice = runs.find(({ name }) => name === 'which_mc')?.id ?? '';
    const told = JSON.parse(readFileSync(path.join(fixtures, lmEval), 'utf8')) as {
      results: Record<string, Record<string, number>>;
    };
    const made = await report(folder, choice);
    assert.equal(figure(made, 0, 'acc'), told.results['which_mc']?.['acc,none']);
    assert.equal(figure(made, 0, 'acc-norm'), told.results['which_mc']?.['acc_norm,none']);
    assert.equal(made.environment?.source?.tool, 'lm-eval');
    const [first] = await samples(folder, choice);
    assert.equal(first?.['input'], 'Which is 0?');
    assert.equal(first['target'], '1');
    assert.equal(first['output'], '0');
    const sums = await report(folder, runs.find(({ name }) => name === 'sums_gen')?.id ?? '');
    const labels = sums.variants[0]?.metrics.filter(({ kind }) => kind === 'quality').map(({ label }) => label);
    assert.deepEqual(labels, ['exact_match (strict)', 'exact_match (flexible)']);
  });

  it('takes the figures alone where no samples lie beside the results', async () => {
    const folder = makeWorkspace();
    const alone = path.join(folder, lmEval);
    copyFileSync(path.join(fixtures, lmEval), alone);
    const { runs } = await importFiles(folder, alone);
    const made = await report(folder, runs.find(({ name }) => name === 'which_mc')?.id ?? '');
    const acc = made.variants[0]?.metrics.find(({ metric }) => metric === 'acc');
    assert.equal(acc?.n, 6);
    assert.equal(acc.value, 1 / 6);
    assert.ok(Math.abs((acc.high ?? 0) - (1 / 6 + 1.959963984540054 * 0.16666666666666669)) < 1e-12);
    assert.ok(made.notes.some(note => note.includes('--log_samples')));
  });

  it('brings the loads of a GuideLLM report in as variants, under GuideLLM’s own figures', async () => {
    const folder = makeWorkspace();
    const file = path.join(fixtures, 'guidellm.json');
    const { runs } = await importFiles(folder, file);
    const made = await report(folder, runs[0]?.id ?? '');
    assert.equal(made.variants[0]?.model, 'fake');
    assert.equal(made.variants[0].prompt, 'constant at 8/s');
    assert.equal(figure(made, 0, 'time-to-first-token.mean'), 7.170538107554117);
    assert.equal(figure(made, 0, 'requests-per-second.mean'), 8.578718112518823);
    const rows = await samples(folder, runs[0]?.id ?? '');
    assert.equal(rows.length, 12);
    assert.equal(rows[0]?.['input'], 'Tell me 0');
    assert.equal(rows[0]['output_tokens'], 12);
  });

  it('brings providers and prompts of a promptfoo output in as variants', async () => {
    const folder = makeWorkspace();
    const { runs } = await importFiles(folder, path.join(fixtures, 'promptfoo.json'));
    const made = await report(folder, runs[0]?.id ?? '');
    assert.deepEqual(
      made.variants.map(({ model, prompt, samples: n }) => [model, prompt, n]),
      [
        ['echo', 'Say {{word}}', 3],
        ['echo', 'Repeat: {{word}}', 3],
        ['parrot', 'Say {{word}}', 3],
        ['parrot', 'Repeat: {{word}}', 3],
      ],
    );
    assert.equal(figure(made, 0, 'pass'), 2 / 3);
    assert.equal(figure(made, 1, 'pass'), 1 / 3);
    assert.equal(figure(made, 0, 'exact'), 1);
    const [row] = await samples(folder, runs[0]?.id ?? '');
    assert.equal(row?.['input'], 'hello');
  });

  for (const file of ['inspect-zstd.eval', 'inspect-deflate.eval', 'inspect.json']) {
    it(`reads an Inspect log: ${file}`, async () => {
      const folder = makeWorkspace();
      const { runs } = await importFiles(folder, path.join(fixtures, file));
      assert.deepEqual([runs[0]?.name, runs[0]?.progress.done], ['sums', 12]);
      const made = await report(folder, runs[0]?.id ?? '');
      const match = made.variants[0]?.metrics.find(({ metric }) => metric === 'match');
      assert.equal(match?.value, 0.75);
      assert.equal(match.n, 12);
      const rows = await samples(folder, runs[0]?.id ?? '');
      assert.deepEqual([...new Set(rows.map(({ repeat }) => repeat))].sort(), [0, 1]);
      assert.ok(rows.some(({ output }) => output === 'ten'));
    });
  }

  it('knows a file it has brought in before, and compares runs that came from different tools', async () => {
    const folder = makeWorkspace();
    const file = path.join(fixtures, 'inspect.json');
    const { runs } = await importFiles(folder, file);
    const again = await importFiles(folder, file);
    assert.deepEqual([again.runs.length, again.known[0]?.id], [0, runs[0]?.id]);
    const other = await importFiles(folder, path.join(fixtures, 'inspect-deflate.eval'));
    const { code, stdout, stderr } = await aiwb(
      ['runs', 'compare', runs[0]?.id ?? '', other.runs[0]?.id ?? '', '--json'],
      {
        cwd: folder,
      },
    );
    assert.equal(code, 0, stderr);
    const compared = JSON.parse(stdout) as Report;
    assert.equal(compared.comparisons[0]?.n, 6);
    assert.equal(compared.comparisons[0].verdict, 'not-distinguishable');
  });

  it('tells what a file is not, and brings the others in all the same', async () => {
    const folder = makeWorkspace();
    const write = (name: string, content: string | Uint8Array): string => {
      writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    const archive = readFileSync(path.join(fixtures, 'inspect-deflate.eval'));
    const cut = write('cut.eval', archive.subarray(0, archive.length - 200));
    const spoiled = Buffer.from(archive);
    spoiled.fill(0xff, 60, 400);
    const cases: [string, RegExp][] = [
      [write('other.json', '{"hello": 1}'), /no results file that is known/],
      [write('broken.json', '{"results": '), /is not JSON/],
      [write('empty.json', '{"benchmarks": []}'), /holds no benchmarks/],
      [cut, /no directory was found/],
      [write('spoiled.eval', spoiled), /./],
      [path.join(folder, 'absent.json'), /There is no file/],
    ];
    for (const [file, said] of cases) {
      const { code, stderr } = await aiwb(['import', file], { cwd: folder });
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    }
    const mixed = await aiwb(['import', path.join(folder, 'other.json'), path.join(fixtures, 'promptfoo.json')], {
      cwd: folder,
    });
    assert.equal(mixed.code, 2);
    assert.match(mixed.stdout, /Echo check: echo/);
    const { stdout } = await aiwb(['runs', 'list', '--json'], { cwd: folder });
    const listed = (JSON.parse(stdout) as { runs: { state: string }[] }).runs.map(({ state }) => state);
    assert.equal(listed.filter(state => state === 'succeeded').length, 1);
    assert.ok(listed.every(state => state === 'succeeded' || state === 'cancelled'));
  });

  it('refuses an archive entry that claims to be small and is not', async () => {
    const folder = makeWorkspace();
    cpSync(path.join(fixtures, 'inspect-deflate.eval'), path.join(folder, 'bomb.eval'));
    const bytes = readFileSync(path.join(folder, 'bomb.eval'));
    // The directory's record of header.json: its unpacked size is written down as 3 bytes.
    const at = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    bytes.writeUInt32LE(3, at + 24);
    writeFileSync(path.join(folder, 'bomb.eval'), bytes);
    const { code, stderr } = await aiwb(['import', 'bomb.eval'], { cwd: folder });
    assert.equal(code, 2);
    assert.match(stderr, /more than 3 bytes/);
  });
});
