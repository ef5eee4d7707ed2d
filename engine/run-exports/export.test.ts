import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parse } from 'yaml';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import type { ExportFormat } from '../../schemas/generated/messages.ts';
import { openReportWorld, type ReportWorld } from '../../test/fakes/reports.ts';
import { makeSample, without } from '../../test/fakes/runs.ts';
import type { SampleRecord } from '../ports/store.ts';
import { exportPieces, exportRuns } from './export.ts';

/** More than one row group has. */
const rows = 10_500;
const odd = 'He said "hi", then\r\nleft\u0000\u0007 <&> ]]> é😀 \ud800';

function makeAnswers(): SampleRecord[] {
  return Array.from({ length: rows * 2 }, (_, index) => {
    const row = index >> 1;
    const variant = index % 2;
    const right = (row + variant) % 3 > 0;
    const sample = makeSample(row, {
      variant,
      right,
      target: row === 0 ? odd : `label-${String(row % 3)}`,
      output: right ? (row === 0 ? odd : `label-${String(row % 3)}`) : 'label-0 or so',
      scores: { accuracy: Number(right), ...(row > 6000 && variant === 1 ? { late: row / 4 } : {}) },
      cost: 0.5,
    });
    if (row !== 7) return sample;
    const failure = { class: 'server', message: '500 & <more>\u0001' } as const;
    return without({ ...sample, scores: {}, failure }, 'right', 'output');
  });
}

describe('exports of a run', function () {
  this.timeout(60_000);
  let world: ReportWorld;
  let folder = '';
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-export-'));
    world = await openReportWorld();
    const gate =
      'gate: [{metric: accuracy, model: model-0, atLeast: 0.99}, {metric: accuracy, model: model-1, atLeast: 0.1}, {metric: cost, model: "gone", atMost: 1}]';
    await world.run('exported', makeAnswers(), `metrics: [accuracy, latency, cost]\n${gate}`);
  });
  after(async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const dependencies = () => ({
    store: world.store,
    clock: world.clock,
    files: createFiles(),
    digest: createDigest(),
    pageAssets: () => Promise.resolve({ script: '', nonce: 'n' }),
    workbench: '0.0.0',
  });
  const write = async (format: ExportFormat, name: string): Promise<string> => {
    const target = path.join(folder, name);
    await exportRuns(['exported'], format, target, dependencies(), world.signal);
    return target;
  };

  const collectText = async (format: ExportFormat): Promise<string> => {
    let text = '';
    for await (const piece of exportPieces(['exported'], format, dependencies(), world.signal)) text += String(piece);
    return text;
  };

  it('are Parquet in row groups, with every name that comes up anywhere', async () => {
    const bytes = new Uint8Array(readFileSync(await write('parquet', 'samples.parquet')));
    const { row_groups: groups, num_rows: count } = parquetMetadata(bytes.buffer);
    assert.equal(count, BigInt(rows * 2));
    assert.deepEqual(
      groups.map(group => Number(group.num_rows)),
      [20_000, 1_000],
    );
    const read = await parquetReadObjects({ file: bytes.buffer });
    const [first] = read;
    assert.deepEqual(
      { ...first, row_digest: '' },
      {
        model: 'model-0',
        prompt: null,
        row: 0n,
        repeat: 0n,
        state: 'answered',
        input: 'question 0',
        target: odd.toWellFormed(),
        output: 'label-0 or so',
        right: false,
        latency_ms: 10,
        first_token_ms: null,
        input_tokens: 7n,
        output_tokens: null,
        cost_usd: 0.5,
        attempts: 1n,
        error_class: null,
        error: null,
        row_digest: '',
        'score.accuracy': 0,
        'score.late': null,
        'slice.region': 'north',
      },
    );
    const failed = read.filter(({ state }) => state === 'failed');
    assert.deepEqual(
      failed.map(({ row, error_class: name, right }) => [row, name, right]),
      [
        [7n, 'server', null],
        [7n, 'server', null],
      ],
    );
    assert.equal(read.at(-1)?.['score.late'], (rows - 1) / 4);
  });

  it('are Parquet that pyarrow reads alike', async function () {
    const target = await write('parquet', 'arrow.parquet');
    const script = path.join(folder, 'read.py');
    writeFileSync(
      script,
      'import json, sys\ntry:\n    import pyarrow.parquet as pq\nexcept ImportError:\n    sys.exit(77)\nt = pq.read_table(sys.argv[1])\nprint(json.dumps([t.num_rows, {f.name: str(f.type) for f in t.schema}, sum(t["right"].to_pylist()[i] is True for i in range(t.num_rows))]))\n',
    );
    const python = process.env['AIWB_TEST_PYTHON'] ?? 'python3';
    const { status, stdout, stderr } = spawnSync(python, [script, target], { encoding: 'utf8' });
    if (status !== 0 && (status === 77 || status === null)) this.skip();
    assert.equal(status, 0, stderr);
    const [count, types, right] = JSON.parse(stdout) as [number, Record<string, string>, number];
    assert.equal(count, rows * 2);
    assert.deepEqual(
      [types['row'], types['right'], types['score.late'], types['slice.region']],
      ['int64', 'bool', 'double', 'string'],
    );
    assert.equal(right, makeAnswers().filter(sample => sample.right === true).length);
  });

  it('are CSV with the same columns', async () => {
    const lines = readFileSync(await write('csv', 'samples.csv'), 'utf8');
    assert.match(lines, /^model,prompt,row,.*,row_digest,score\.accuracy,score\.late,slice\.region\r\n/);
    assert.equal(lines.match(/\r\nmodel-/g)?.length, rows * 2);
  });

  it('are JUnit: a case for the run, each gate and each class of failures', async () => {
    const xml = readFileSync(await write('junit', 'gates.xml'), 'utf8');
    assert.match(xml, /<testsuites name="sample" tests="5" failures="1" errors="1" skipped="1" time="1\.000">/);
    assert.match(
      xml,
      /<testsuite name="sample" tests="5" failures="1" errors="1" skipped="1" time="1\.000" timestamp="2026-09-21T\d\d:\d\d:\d\d"/,
    );
    assert.match(xml, /<testcase name="the run ends" classname="sample\.bench\.yaml" time="0\.000"\/>/);
    assert.match(
      xml,
      /<testcase name="Accuracy of model-0: at least 0\.990"[^>]*>\s*<failure message="Accuracy of model-0 is at least 0\.6\d+ [^"]*required at least 0\.990\." type="failure">/,
    );
    assert.match(xml, /<testcase name="Accuracy of model-1: at least 0\.100" [^>]*\/>/);
    assert.match(
      xml,
      /<error message="cost of gone could not be judged: gone was not part of this run\." type="error">/,
    );
    assert.match(
      xml,
      /<testcase name="answers that failed: server"[^>]*>\s*<skipped message="2 samples failed: server errors of model-0, model-1\."\/>/,
    );
    assert.equal(xml.match(/<testcase /g)?.length, 5);
  });

  it('are lm-eval results with a line for each answered sample', async () => {
    const target = await write('lm-eval', 'lm');
    assert.deepEqual(readdirSync(target).sort(), ['model-0', 'model-1']);
    const [results = '', samples = ''] = readdirSync(path.join(target, 'model-1')).sort();
    assert.match(results, /^results_2026-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}\.json$/);
    assert.match(samples, /^samples_sample_2026-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}\.jsonl$/);
    const read = (name: string): string => readFileSync(path.join(target, 'model-1', name), 'utf8');
    const { results: figures, ...facts } = JSON.parse(read(results)) as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    const share = figures?.['sample']?.['acc,none'] as number;
    const n = rows - 1;
    assert.ok(
      Math.abs((figures?.['sample']?.['acc_stderr,none'] as number) - Math.sqrt((share * (1 - share)) / (n - 1))) <
        1e-12,
    );
    assert.deepEqual(facts['n-samples']?.['sample'], { original: 100, effective: n });
    assert.deepEqual(facts['higher_is_better']?.['sample'], { acc: true });
    const lines = read(samples).trim().split('\n');
    assert.equal(lines.length, n);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    assert.equal(line['acc'], 1);
    assert.deepEqual(line['resps'], [[odd.toWellFormed()]]);
    assert.equal(line['doc_id'], 0);
    await assert.rejects(collectText('lm-eval'), { code: 'usage' });
  });

  it('are a model-index of quality figures', async () => {
    const card = parse(await collectText('hf-model-index')) as {
      'model-index': { name: string; results: Record<string, unknown>[] }[];
    };
    assert.deepEqual(
      card['model-index'].map(({ name }) => name),
      ['model-0', 'model-1'],
    );
    const [result] = card['model-index'][0]?.results ?? [];
    assert.deepEqual(result?.['task'], { type: 'text-generation' });
    assert.deepEqual(result['dataset'], {
      name: 'rows.jsonl',
      type: 'data/rows.jsonl',
      split: 'test',
      revision: 'dataset-1',
    });
    const [figure] = result['metrics'] as { type: string; value: number; args: { n: number } }[];
    assert.equal(figure?.type, 'accuracy');
    assert.equal(figure.args.n, rows - 1);
  });

  it('hold one run’s samples at a time', async () => {
    for (const format of ['jsonl', 'csv', 'parquet', 'lm-eval'] as const) {
      const target = path.join(folder, 'never');
      await assert.rejects(exportRuns(['exported', 'exported'], format, target, dependencies(), world.signal), {
        code: 'usage',
      });
    }
  });
});
