import type { TuningReport } from '../../schemas/generated/messages.ts';
import type { Store } from '../ports/store.ts';
import { findAccelerator } from './accelerators.ts';
import { methodName } from './job.ts';
import { estimateTrainingTokens } from './platforms/openai/rows.ts';
import type { TuningPlan } from './plan.ts';
import type { JobBundle } from './platform.ts';

/** What a training is expected to take; what is not known is absent. */
export interface Forecast {
  /** Tokens learnt from, every epoch counted; an estimate. */
  readonly tokens?: number;
  /** US dollars for a million tokens trained. */
  readonly tokenPrice?: number;
  readonly seconds?: number;
  /** The earlier run that `seconds` is told by. */
  readonly like?: string;
  /** US dollars an hour. */
  readonly hourlyPrice?: number;
}

/** Runs that are looked through for one that is alike. */
const mostRuns = 200;

/**
 * Time and price of a training. Services are paid by the token. Of all others a time is told only where an earlier run of this store has
 * trained the same base in the same way on the same platform and hardware: its rows a second, and the price that it had.
 */
export async function forecastTraining(
  plan: TuningPlan,
  bundle: JobBundle,
  store: Pick<Store, 'listRuns' | 'getRun'> | undefined,
): Promise<Forecast> {
  const { settings } = plan.platform;
  const tokens =
    plan.task === 'automatic-speech-recognition'
      ? undefined
      : estimateTrainingTokens(bundle) * plan.hyperparameters.epochs;
  if (settings.type === 'openai') {
    const { price } = settings;
    return {
      ...(tokens === undefined ? {} : { tokens }),
      ...(price === undefined ? {} : { tokenPrice: price }),
    };
  }
  const alike = store === undefined ? undefined : await findAlike(plan, store);
  const rate = alike?.infrastructure?.rowsPerSecond;
  const declared = 'price' in settings ? settings.price : undefined;
  const hourlyPrice = alike?.infrastructure?.hourlyPrice ?? declared;
  const rows = plan.aspects.reduce((sum, { training }) => sum + training.length, 0);
  return {
    ...(tokens === undefined ? {} : { tokens }),
    ...(alike === undefined || rate === undefined || rate <= 0
      ? {}
      : { seconds: (rows * plan.hyperparameters.epochs) / rate, like: alike.run.id }),
    ...(hourlyPrice === undefined ? {} : { hourlyPrice }),
  };
}

/** US dollars; undefined where a part of it is not known. */
export function toCost({ tokens, tokenPrice, seconds, hourlyPrice }: Forecast): number | undefined {
  if (tokens !== undefined && tokenPrice !== undefined) return (tokens * tokenPrice) / 1e6;
  return seconds === undefined || hourlyPrice === undefined ? undefined : (seconds / 3600) * hourlyPrice;
}

/** The newest run whose speed says something about this one's. */
async function findAlike(
  plan: TuningPlan,
  store: Pick<Store, 'listRuns' | 'getRun'>,
): Promise<TuningReport | undefined> {
  const runs = await store.listRuns({ kind: 'tune', limit: mostRuns });
  for (const { id, state } of runs) {
    if (state !== 'succeeded') continue;
    const { tuning } = await store.getRun(id);
    if (tuning !== undefined && isAlike(plan, tuning)) return tuning;
  }
  return undefined;
}

/** Settings that change how fast a row is learnt from. */
const paces = ['batchSize', 'maxLength', 'precision', 'gradientCheckpointing', 'rank'] as const;

function isAlike(plan: TuningPlan, { base, method, platform, hyperparameters, infrastructure }: TuningReport): boolean {
  if (base !== plan.job.base || platform !== plan.platform.name || infrastructure?.rowsPerSecond === undefined)
    return false;
  if (method !== methodName(plan.method, plan.base.kind)) return false;
  const own: Readonly<Record<string, unknown>> = { ...plan.hyperparameters, ...plan.method };
  if (paces.some(name => hyperparameters[name] !== undefined && hyperparameters[name] !== own[name])) return false;
  const { gpu = [] } = plan.job.hardware ?? {};
  const wanted = (typeof gpu === 'string' ? [gpu] : gpu).map(name => findAccelerator(name)?.name ?? name);
  if (wanted.length === 0) return true;
  const had = findAccelerator(infrastructure.gpu ?? '')?.name ?? infrastructure.gpu;
  return had !== undefined && wanted.includes(had);
}
