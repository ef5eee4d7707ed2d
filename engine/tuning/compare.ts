import type { SettingDifference, TuningComparison, TuningReport } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { parseDocument } from '../documents/parse.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { countOf, formatNumber } from '../reports/format.ts';
import { referenceOf } from './base.ts';
import {
  hyperparametersOf,
  kindOfBase,
  methodName,
  methodOf,
  platformNameOf,
  selectionOf,
  shownHyperparameters,
  taskOf,
} from './job.ts';
import { doneEpochs, selectionWords } from './report.ts';
import { aspectWords } from './rows.ts';
import { applyTrial } from './search/apply-trial.ts';
import { describeTradeoff } from './tradeoff.ts';

/** A tuning run's report: the stored one once the run has ended, else what is known so far. Throws `run-not-found` and, for a benchmark run, `usage`. */
export async function reportTuning(runId: string, store: Store): Promise<TuningReport> {
  const record = await store.getRun(runId);
  const { summary, tuning } = record;
  if (summary.kind !== 'tune') throw notTuning(summary.id, runId);
  if (tuning !== undefined) return { ...tuning, run: summary };
  return reportSoFar(record, store);
}

/** Without the datasets: their rows and figures come with the run's end. */
async function reportSoFar({ summary, spec, environment }: RunRecord, store: Store): Promise<TuningReport> {
  const job = parseDocument('tune', spec.text).value;
  if (job === undefined) {
    throw new WorkbenchError('run-failed', `Run ${summary.id} never started: its tuning job is not valid.`, {
      remedy: summary.failure?.message ?? `Correct ${spec.file} and run it again.`,
    });
  }
  const { epochs, checkpoints, losses = [], job: asked } = await store.readTraining(summary.id);
  const trained = spec.trial === undefined ? job : applyTrial(job, spec.trial);
  const reference = referenceOf(job, spec);
  const base = kindOfBase(trained, reference);
  const task = taskOf(trained, base, reference);
  const hyperparameters = hyperparametersOf(trained, base, task);
  const method = methodOf(trained, base);
  return {
    run: summary,
    base: job.base,
    ...(reference === undefined ? {} : { baseDigest: reference.weightsDigest }),
    platform: platformNameOf(job, spec.platform),
    task,
    method: methodName(method, base),
    hyperparameters: shownHyperparameters(hyperparameters, method, base),
    selection: selectionOf(trained, task),
    aspects: [],
    epochs: [...epochs],
    ...(losses.length === 0 ? {} : { losses: [...losses] }),
    checkpoints: [...checkpoints],
    ...(environment === undefined ? {} : { environment }),
    ...(spec.trial === undefined ? {} : { trial: spec.trial }),
    ...(asked === undefined ? {} : { job: asked }),
    notes: [
      `Partial: ${String(doneEpochs(epochs))} of ${countOf(hyperparameters.epochs, 'epoch')} were trained; the test rows were not asked.`,
    ],
  };
}

/** Tuning runs side by side, with the settings in which they differ. Throws `usage` when one of them is a benchmark run. */
export async function compareTuning(runIds: readonly string[], store: Store): Promise<TuningComparison> {
  const reports: TuningReport[] = [];
  for (const id of runIds) reports.push(await reportTuning(id, store));
  if (reports.length === 0) {
    throw new WorkbenchError('usage', 'No run was named.', {
      remedy: 'Name one or more runs; `aiwb runs list` shows them.',
    });
  }
  return { reports, differences: differencesOf(reports), ...describeTradeoff(reports) };
}

function differencesOf(reports: readonly TuningReport[]): SettingDifference[] {
  const settings = reports.map(settingsOf);
  const names = [...new Set(settings.flatMap(own => [...own.keys()]))];
  return names.flatMap(name => {
    const values = settings.map(own => own.get(name) ?? '–');
    return new Set(values).size > 1 ? [{ name, values }] : [];
  });
}

/** Everything a run was told and may have been told differently, in words. */
function settingsOf(report: TuningReport): ReadonlyMap<string, string> {
  const { aspects, environment, hyperparameters, infrastructure } = report;
  const told = (name: string, value: string | number | undefined): (readonly [string, string])[] =>
    value === undefined ? [] : [[name, String(value)]];
  return new Map([
    ['Job', report.run.name],
    ['Base', report.base],
    ...told('Base digest', report.baseDigest?.slice(0, 12)),
    ...told('Task', report.task),
    ['Platform', report.platform],
    ['Method', report.method],
    ...Object.entries(hyperparameters).map(([name, value]): [string, string] => [name, String(value)]),
    ['Chosen by', selectionWords(report.selection)],
    ...(environment === undefined ? [] : [['Seed', String(environment.seed)] as const]),
    ...aspects.flatMap(aspect => {
      const name = aspectWords(aspect.aspect);
      return [
        [`Training rows, ${name}`, rowsWords(aspect.trainingRows, aspect.trainingDigest)] as const,
        [`Test rows, ${name}`, rowsWords(aspect.testRows, aspect.datasetDigest)] as const,
        [`Weight, ${name}`, String(aspect.weight)] as const,
      ];
    }),
    ...told('Hardware', infrastructure?.hardware),
    ...told('GPU', infrastructure?.gpu),
    ...told('Price an hour', dollars(infrastructure?.hourlyPrice)),
    ...told('Cost', dollars(infrastructure?.cost)),
    ...(environment === undefined ? [] : [['Workbench', environment.workbench] as const]),
  ]);
}

function dollars(amount: number | undefined): string | undefined {
  return amount === undefined ? undefined : formatNumber(amount, 'USD');
}

/** As many rows may still be other rows. */
function rowsWords(rows: number, digest: string | undefined): string {
  return digest === undefined ? String(rows) : `${String(rows)} (${digest.slice(0, 8)})`;
}

function notTuning(id: string, asked: string): WorkbenchError {
  const name = id === asked ? id : `${id} (${asked})`;
  return new WorkbenchError(
    'usage',
    `Run ${name} is a benchmark run, and only runs of one kind can be looked at together.`,
    {
      remedy: 'Name tuning runs only, or benchmark runs only.',
    },
  );
}
