import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Report, RunSummary, TuningComparison, TuningReport } from '../../schemas/generated/messages.ts';
import { createWorkspace, runAiwb, startAiwb } from '../cli/aiwb.ts';
import { freePort } from './free-port.ts';
import type { Checks } from './main.ts';
import { pythonWith, runScript, startServer, Unavailable } from './server.ts';

type Workspace = ReturnType<typeof createWorkspace>;

const topics = ['cards', 'loans', 'fraud', 'other'];

/**
 * Fine-tuning as a person does it, with the environment that the workbench makes for itself (or the interpreter that `AIWB_TUNE_PYTHON`
 * names): a tiny Llama learns through an adapter and is killed midway, a tiny Whisper learns tones, and both are asked before and after, by
 * our own program and by a real OpenAI-compatible server.
 */
export async function checkFineTuning({ check }: Checks): Promise<void> {
  const workspace = createWorkspace();
  try {
    writeRows(workspace);
    const python = await makeEnvironment(workspace);
    await check('fine-tuning: an adapter is trained, killed midway, resumed, registered and asked', () =>
      tuneLlama(workspace, python),
    );
    await check('fine-tuning: a speech model learns tones, and its word error rate falls', () =>
      tuneWhisper(workspace, python),
    );
    await check('fine-tuning: the embedded classifier beats what it started from', () => tuneEmbedded(workspace));
  } finally {
    workspace.remove();
  }
}

/** The interpreter that trains. Throws Unavailable where the libraries cannot be fetched. */
async function makeEnvironment(workspace: Workspace): Promise<string> {
  const own = process.env['AIWB_TUNE_PYTHON'];
  const named = own === undefined ? '' : `, python: ${own}`;
  workspace.write('workbench.yaml', `compute:\n  local: {type: local, device: cpu${named}}\n`);
  const action = own === undefined ? ['--create'] : ['--allow-commands'];
  const { code, stdout, stderr } = await aiwb(workspace, 'tune', 'environment', ...action, '--json');
  if (code !== 0) throw new Unavailable(`${stdout}${stderr}`.slice(-600));
  const { environment } = JSON.parse(stdout) as { environment: { python: string } };
  return environment.python;
}

/** What Llama and the classifier learn from. */
function writeRows(workspace: Workspace): void {
  const rows = Array.from({ length: 60 }, (_, at) => ({
    text: `topic ${topics[at % 4]} ${String(at)}`,
    label: topics[at % 4],
    split: at % 5 === 0 ? 'test' : 'train',
  }));
  workspace.write('rows.jsonl', rows.map(row => `${JSON.stringify(row)}\n`).join(''));
}

async function tuneLlama(workspace: Workspace, python: string): Promise<void> {
  const { folder } = workspace;
  runScript(python, 'tiny_llama.py', path.join(folder, 'tiny'));
  const split = 'split: {field: split, train: train, test: test}';
  workspace.write(
    'tiny.tune.yaml',
    [
      'name: tiny\nbase: folder:tiny\ntask: text-generation\nmethod: {lora: {rank: 8}}\naspects:\n  core-performance:',
      `    dataset: {path: rows.jsonl, input: text, target: label, ${split}}`,
      'hyperparameters: {epochs: 12, learningRate: 0.02, maxLength: 64}',
      'evaluation: {metrics: [cer, exact-match], every: 12 steps, select: {metric: loss}, maxTokens: 8}',
      'register: {model: tiny}\n',
    ].join('\n'),
  );
  const report = await trainKilled(workspace, 'tiny.tune.yaml');
  const losses = report.losses ?? [];
  const [first, last] = [losses[0]?.loss ?? 0, losses.at(-1)?.loss ?? 0];
  assert.ok(last < first, `the loss fell from ${String(first)} to ${String(last)}`);
  const steps = losses.map(({ step }) => step);
  assert.equal(new Set(steps).size, steps.length, 'no step is told twice');
  assert.ok(report.registered !== undefined, 'it was registered');
  console.log(`Llama: loss ${first.toFixed(3)} → ${last.toFixed(3)}, CER ${figures(report, 'cer')}`);

  workspace.write(
    'ask.prompt.yml',
    'name: ask\nmodelParameters: {maxTokens: 8, temperature: 0}\nmessages:\n  - {role: user, content: "{{text}}"}\n',
  );
  const bench = (models: string): string =>
    `name: tiny\ndataset: {path: rows.jsonl, input: text, target: label, ${split}, limit: 4}\nprompts: [ask.prompt.yml]\nmodels: [${models}]\nmetrics: [cer, exact-match]\nlimits: {timeout: 300s}\n`;
  workspace.write('tiny.bench.yaml', bench('"folder:tiny", "checkpoint:tiny", "registry:tiny@candidate"'));
  const before = await benchmark(workspace, 'tiny.bench.yaml');
  const cer = (name: string, among = before): number => figure(among, name, 'cer');
  console.log(`Llama, benchmarked: base CER ${String(cer('folder:tiny'))}, tuned ${String(cer('checkpoint:tiny'))}`);
  assert.ok(cer('checkpoint:tiny') < cer('folder:tiny'));
  assert.equal(cer('registry:tiny@candidate'), cer('checkpoint:tiny'));

  const adapter = laidModel(folder, 'adapter_config.json');
  const merged = path.join(folder, 'merged');
  runScript(python, 'merge_adapter.py', path.join(folder, 'tiny'), adapter, merged);
  const serving = pythonWith('transformers', ['transformers[serving]', 'torch']);
  const port = await freePort();
  const program = path.join(path.dirname(serving), 'transformers');
  const command = existsSync(program) ? [program] : [serving, '-m', 'transformers.cli.transformers'];
  const server = await startServer(
    [...command, 'serve', '--host', '127.0.0.1', '--port', String(port), '--device', 'cpu'],
    { url: `http://127.0.0.1:${String(port)}`, ready: '/health' },
  );
  try {
    const connections = `connections:\n  served: {provider: openai, baseUrl: "${server.url}/v1", model: ${merged}}\n`;
    workspace.write('workbench.yaml', readFileSync(path.join(folder, 'workbench.yaml'), 'utf8') + connections);
    workspace.write('served.bench.yaml', bench('served, "checkpoint:tiny"'));
    const served = await benchmark(workspace, 'served.bench.yaml');
    console.log(`Llama, served: CER ${String(cer('served', served))}`);
    assert.equal(cer('served', served), cer('checkpoint:tiny', served));
  } finally {
    await server.stop();
  }
}

/** Starts a job, kills it as soon as a state is saved, waits until its trainer is gone too, and resumes it. */
async function trainKilled(workspace: Workspace, file: string): Promise<TuningReport> {
  const started = startAiwb(['tune', file, '--allow-commands'], { cwd: workspace.folder });
  const jobs = path.join(workspace.folder, '.aiwb', 'tuning');
  const out = await until(() => {
    const [job] = existsSync(jobs) ? readdirSync(jobs).filter(name => name.startsWith('aiwb-')) : [];
    const events = job === undefined ? '' : path.join(jobs, job, 'out', 'events.jsonl');
    if (started.child.exitCode !== null) throw new Error('it ended before it could be killed');
    return events !== '' && existsSync(events) && readFileSync(events, 'utf8').includes('"checkpoint"')
      ? path.dirname(events)
      : undefined;
  });
  const { pid } = JSON.parse(readFileSync(path.join(out, 'trainer.json'), 'utf8')) as { pid: number };
  started.child.kill('SIGKILL');
  await started.finished;
  await until(() => (isAlive(pid) ? undefined : true));
  const listed = await aiwb(workspace, 'runs', 'list', '--json');
  const runs = JSON.parse(listed.stdout) as { runs?: RunSummary[] } | RunSummary[];
  const [run] = Array.isArray(runs) ? runs : (runs.runs ?? []);
  assert.ok(run !== undefined, listed.stdout);
  const { reports } = JSON.parse(
    await done(workspace, 'tune', '--resume', run.id, '--allow-commands', '--json'),
  ) as TuningComparison;
  assert.ok(reports[0] !== undefined);
  assert.ok(!existsSync(path.dirname(out)), 'what it trained in is gone once all is stored');
  return reports[0];
}

async function tuneWhisper(workspace: Workspace, python: string): Promise<void> {
  runScript(python, 'tiny_whisper.py', workspace.folder);
  const dataset =
    'dataset: {path: sounds.jsonl, audio: sound, target: said, split: {field: split, train: train, test: test}}';
  workspace.write(
    'tones.tune.yaml',
    [
      `name: tones\nbase: folder:whisper\nmethod: full\naspects:\n  core-performance:\n    ${dataset}`,
      'hyperparameters: {epochs: 40, learningRate: 0.005, batchSize: 8}',
      'evaluation: {metrics: [wer, cer], every: 20, select: {metric: loss}, maxTokens: 16}\n',
    ].join('\n'),
  );
  const { reports } = JSON.parse(
    await done(workspace, 'tune', 'tones.tune.yaml', '--allow-commands', '--json'),
  ) as TuningComparison;
  assert.ok(reports[0] !== undefined);
  console.log(`Whisper: WER ${figures(reports[0], 'wer')}`);
  const [base, tuned] = valuesOf(reports[0], 'wer');
  assert.ok(tuned < base, `${String(base)} → ${String(tuned)}`);
  workspace.write(
    'tones.bench.yaml',
    `name: tones\n${dataset}\nmodels: ["checkpoint:tones"]\nmetrics: [wer]\nlimits: {timeout: 300s}\n`,
  );
  const report = await benchmark(workspace, 'tones.bench.yaml');
  assert.equal(figure(report, 'checkpoint:tones', 'wer'), tuned);
}

async function tuneEmbedded(workspace: Workspace): Promise<void> {
  const job = (name: string, base: string, epochs: number): string =>
    `name: ${name}\nbase: ${base}\naspects:\n  core-performance:\n    dataset: {path: tickets.jsonl, input: text, target: category, split: {field: split, train: train, test: test}}\nhyperparameters: {epochs: ${String(epochs)}, learningRate: ${epochs === 1 ? '0.0001' : '0.5'}}\n`;
  const tickets = new URL('../../examples/data/tickets.jsonl', import.meta.url);
  workspace.write('tickets.jsonl', readFileSync(tickets, 'utf8'));
  workspace.write('first.tune.yaml', job('first', 'embedded:linear', 1));
  workspace.write('second.tune.yaml', job('second', 'checkpoint:first', 25));
  await done(workspace, 'tune', 'first.tune.yaml');
  const { reports } = JSON.parse(await done(workspace, 'tune', 'second.tune.yaml', '--json')) as TuningComparison;
  assert.ok(reports[0] !== undefined);
  const [base, tuned] = valuesOf(reports[0], 'accuracy');
  console.log(`Embedded classifier: accuracy ${String(base)} → ${String(tuned)}`);
  assert.ok(tuned > base, `${String(base)} → ${String(tuned)}`);
}

/** A metric's figures of base and tuned model on the test rows of the first aspect. */
function valuesOf({ aspects }: TuningReport, metric: string): readonly [number, number] {
  const pick = (values: TuningReport['aspects'][number]['metrics'] | undefined): number =>
    values?.find(entry => entry.metric === metric)?.value ?? Number.NaN;
  return [pick(aspects[0]?.base), pick(aspects[0]?.metrics)];
}

function figures(report: TuningReport, metric: string): string {
  return valuesOf(report, metric)
    .map(value => value.toFixed(3))
    .join(' → ');
}

function figure({ variants }: Report, model: string, metric: string): number {
  const found = variants
    .find(variant => variant.model === model)
    ?.metrics.find(entry => entry.metric === metric)?.value;
  assert.ok(typeof found === 'number', `${model} has no ${metric}`);
  return found;
}

async function benchmark(workspace: Workspace, file: string): Promise<Report> {
  const text = await done(workspace, 'run', file, '--allow-commands', '--json');
  return JSON.parse(text) as Report;
}

/** Where a model was laid out for answering. */
function laidModel(folder: string, file: string): string {
  const models = path.join(folder, '.aiwb', 'tuning', 'models');
  const found = readdirSync(models).find(name => existsSync(path.join(models, name, file)));
  assert.ok(found !== undefined);
  return path.join(models, found);
}

async function done(workspace: Workspace, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await aiwb(workspace, ...args);
  assert.equal(code, 0, `aiwb ${args.join(' ')}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  return stdout;
}

function aiwb(workspace: Workspace, ...args: string[]): ReturnType<typeof runAiwb> {
  return runAiwb(args, { cwd: workspace.folder });
}

/** Waits at most ten minutes. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 6000; tries += 1) {
    const found = look();
    if (found !== undefined) return found;
    await wait(100);
  }
  throw new Error('it did not come to that within ten minutes');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
