import type { DryRunEstimate, PreflightFinding } from '../../schemas/generated/messages.ts';
import { countOf, formatNumber, formatSeconds, groupDigits } from '../reports/format.ts';
import type { Store } from '../ports/store.ts';
import type { RunPorts } from '../runs/ports.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { isTrained } from '../registry/trained-name.ts';
import { bundleJob } from './bundle.ts';
import { createPlatform } from './create-platform.ts';
import { forecastTraining, toCost, type Forecast } from './forecast.ts';
import { planTuning, type TuningPlan } from './plan.ts';
import type { PlatformPorts } from './platform-ports.ts';
import { scratchOf } from '../runs/scratch.ts';
import { runPreflight } from './preflight/run-preflight.ts';
import { selectionWords } from './report.ts';
import { aspectWords } from './rows.ts';

/** What an estimate may look at. */
export type EstimateStore = Pick<Store, 'blobs' | 'listRuns' | 'getRun' | 'path'>;

/**
 * Plans a tuning run and says what it would do, take and cost, with everything that its preflight finds; trains, uploads and rents nothing.
 * `rows` are the test rows, `trainingRows` those to learn from. Where `store` is given and the base was resolved, the base is checked as
 * well, and earlier runs tell how long the training takes.
 */
export async function estimateTuning(
  spec: RunSpec,
  ports: RunPorts,
  store: EstimateStore | undefined,
  signal: AbortSignal,
): Promise<DryRunEstimate> {
  const plan = await planTuning(spec, ports, store?.blobs, signal);
  const { preflight, forecast } = await foresee(plan, ports, store, signal);
  const rows = sum(plan.aspects.map(({ test }) => test.length));
  const model = `checkpoint:${plan.job.name}`;
  const cost = toCost(forecast);
  return {
    name: plan.job.name,
    rows,
    trainingRows: sum(plan.aspects.map(({ training }) => training.length)),
    repeats: 1,
    samples: rows,
    inputTokens: 0,
    ...(cost === undefined ? {} : { cost }),
    variants: [
      {
        ...{ model, samples: rows, inputTokens: 0, outputTokens: 0 },
        ...(plan.base.kind === 'embedded' ? { cost: 0 } : {}),
      },
    ],
    notes: [...notesOf(plan), ...forecastNotes(forecast, plan)],
    ...(preflight.length === 0 ? {} : { preflight: [...preflight] }),
  };
}

/** What a planned run would take, and what its preflight finds. */
export async function foresee(
  plan: TuningPlan,
  ports: RunPorts,
  store: EstimateStore | undefined,
  signal: AbortSignal,
): Promise<{ readonly preflight: readonly PreflightFinding[]; readonly forecast: Forecast }> {
  const bundle = bundleJob(plan, 'estimate', { epochs: [], checkpoints: [] }, 0, ports.digest);
  const forecast = await forecastTraining(plan, bundle, store);
  const { workspace } = plan;
  const platform = createPlatform(
    plan.platform,
    {
      ...{ ...ports, folder: workspace.folder, config: workspace.config },
      blobs: store?.blobs ?? nothingStored,
      scratch: scratchOf(store?.path ?? ports.files.resolve(workspace.folder, '.aiwb'), ports.files),
    },
    plan.base.kind,
  );
  const preflight = await runPreflight({ plan, bundle, platform, forecast, blobs: store?.blobs }, ports, signal);
  return { preflight, forecast };
}

/** Of a plan that is made without a store. */
const nothingStored: PlatformPorts['blobs'] = {
  put: () => Promise.reject(new Error('An estimate stores nothing.')),
  read: digest => Promise.reject(new Error(`An estimate without a store has no ${digest}.`)),
  has: () => Promise.resolve(false),
  adopt: () => Promise.reject(new Error('An estimate stores nothing.')),
  locate: digest => digest,
};

function notesOf(plan: TuningPlan): string[] {
  const { job, hyperparameters, aspects, labels, platform, deadline } = plan;
  const classes = labels.length === 0 ? '' : `, ${countOf(labels.length, 'class', 'classes')}`;
  return [
    `${countOf(hyperparameters.epochs, 'epoch')} from ${job.base} on ${platform.name}${classes}.`,
    ...aspects.map(
      ({ name, training, validation, test }) =>
        `${capitalise(aspectWords(name))}: ${countOf(training.length, 'row')} to learn from, ${String(validation.length)} held out for validation, ${String(test.length)} for the test.`,
    ),
    `The best checkpoint is chosen by ${selectionWords(plan.selection)}, on the validation rows.`,
    ...(deadline === undefined ? [] : [`It stops after ${formatSeconds(deadline)}.`]),
    ...(job.register === undefined
      ? []
      : [`Its best checkpoint is registered as a new version of ${job.register.model}.`]),
    ...(isTrained(job.base) && plan.reference === undefined ? [`${job.base} is looked up when the run starts.`] : []),
  ];
}

function forecastNotes(forecast: Forecast, { base, platform }: TuningPlan): string[] {
  if (base.kind === 'embedded') return [];
  const { tokens, tokenPrice, seconds, like, hourlyPrice } = forecast;
  const cost = toCost(forecast);
  const sum = cost === undefined ? '' : `: about ${formatNumber(cost, 'USD')}`;
  if (platform.settings.type === 'openai') {
    if (tokens === undefined) return [];
    const price = tokenPrice === undefined ? '' : ` × ${String(tokenPrice)} USD a million`;
    return [`About ${groupDigits(tokens)} tokens are learnt from${price}${sum}.`];
  }
  if (seconds === undefined) return ['How long it takes is not known: no run like it has succeeded in this store yet.'];
  const price = hourlyPrice === undefined ? '' : ` × ${String(hourlyPrice)} USD an hour`;
  return [`It takes about ${formatSeconds(Math.round(seconds))}, by the pace of run ${like ?? ''}${price}${sum}.`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function capitalise(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
