import type { PlatformJob } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import { omit } from '../../../base/omit.ts';
import { budgetExceeded } from '../../guards.ts';
import { tagOf, type JobBundle, type RecordJob } from '../../platform.ts';
import { ServiceError } from './service-error.ts';
import { hasEnded, hasFailed, type OpenedService } from './context.ts';
import { provideFiles, type JobFiles } from './files.ts';
import { findDataFault } from './preflight.ts';
import { estimateCost } from './rows.ts';
import { tagKey, type ServiceJob } from './wire.ts';

/** A job, and what jobs of the same run that failed before have cost, in US dollars. */
export interface SubmittedJob {
  readonly job: ServiceJob;
  readonly spent: number;
}

/**
 * Starts a run's job, or finds the one that an earlier attempt has started. There is never more than one: what a crash or a lost answer
 * left open is settled by looking for jobs that carry the tag, in their metadata or by the files they learn from.
 */
export async function submitJob(
  bundle: JobBundle,
  earlier: PlatformJob | undefined,
  record: RecordJob,
  opened: OpenedService,
  signal: AbortSignal,
): Promise<SubmittedJob> {
  const { platform, price } = opened;
  const mine = await findJobs(bundle, earlier, opened, signal);
  const lost = mine.filter(({ status }) => hasFailed(status));
  const known = price === undefined ? 0 : lost.reduce((sum, job) => sum + ((job.trainedTokens ?? 0) * price) / 1e6, 0);
  // The service forgets jobs; what they have cost was stored.
  const spent = Math.max(known, earlier?.spent ?? 0);
  const intended: PlatformJob = {
    ...{ platform, type: 'openai', tag: tagOf(bundle.runId), state: 'intended' },
    ...(spent > 0 ? { spent } : {}),
  };
  const alive = await keepOne(mine, opened);
  if (alive !== undefined) {
    await record({ ...intended, ...createdFacts(alive), state: 'created', others: [...filesOf(alive)] });
    return { job: alive, spent };
  }
  requireTrainable(bundle, opened);
  const others: string[] = [];
  await record({ ...intended, others });
  const files = await provideFiles(
    bundle,
    opened,
    async id => {
      others.push(id);
      await record({ ...intended, others: [...others] });
    },
    signal,
  );
  const job = await createOne(bundle, files, opened, signal);
  await record({ ...intended, ...createdFacts(job), state: 'created', others });
  return { job, spent };
}

function createdFacts(job: ServiceJob): Pick<PlatformJob, 'id' | 'raw' | 'createdAt'> {
  return { id: job.id, raw: job.status, ...(job.createdAt === undefined ? {} : { createdAt: job.createdAt }) };
}

export function filesOf({ trainingFile, validationFile }: ServiceJob): readonly string[] {
  return [trainingFile, validationFile].filter(id => id !== undefined);
}

/** Throws what must be told before anything is uploaded or paid. */
function requireTrainable(bundle: JobBundle, { price, connection }: OpenedService): void {
  const fault = findDataFault(bundle, connection);
  if (fault !== undefined) throw fault;
  const cost = estimateCost(bundle, price);
  if (bundle.budget !== undefined && cost !== undefined && cost > bundle.budget) {
    const { message, remedy = '' } = budgetExceeded(bundle.budget, cost);
    throw new WorkbenchError(
      'budget-exceeded',
      `${message.replace('is spent', 'would be passed')} Nothing was uploaded.`,
      {
        remedy: `${remedy} The estimate is of ${String(bundle.hyperparameters.epochs)} epochs.`,
      },
    );
  }
}

/** The jobs of this run that the service knows. */
async function findJobs(
  bundle: JobBundle,
  earlier: PlatformJob | undefined,
  { service }: OpenedService,
  signal: AbortSignal,
): Promise<readonly ServiceJob[]> {
  const tag = tagOf(bundle.runId);
  const files = new Set(earlier?.others);
  const listed = await service.listJobs(signal);
  const mine = listed.filter(
    job => job.tag === tag || filesOf(job).some(id => files.has(id)) || job.id === earlier?.id,
  );
  if (earlier?.id === undefined || mine.some(({ id }) => id === earlier.id)) return mine;
  const known = await service.lookAtJob(earlier.id, signal);
  return known === undefined ? mine : [...mine, known];
}

/** Of several jobs of one run, the one that is furthest, then the oldest, is kept; the others are cancelled. */
async function keepOne(jobs: readonly ServiceJob[], { service }: OpenedService): Promise<ServiceJob | undefined> {
  const rank = ({ status }: ServiceJob): number => (status === 'succeeded' ? 0 : status === 'running' ? 1 : 2);
  const age = (job: ServiceJob): number => job.createdAt ?? 0;
  const [kept, ...others] = jobs
    .filter(({ status }) => !hasFailed(status))
    .sort((one, two) => rank(one) - rank(two) || age(one) - age(two));
  // Whoever stops the run meanwhile must not leave a second job behind.
  for (const job of others) if (!hasEnded(job.status)) await service.cancelJob(job.id, unbound());
  return kept;
}

/** Milliseconds to look for a job whose creation was not answered, one after the other: lists may lag behind. */
const looks = [500, 2000, 5000, 10_000];
const mostAttempts = 3;

/**
 * Creates the job. The request is not bound to the run's signal: an answer that nobody waits for would leave a job behind that nobody
 * knows. What was made meanwhile is ended where the run was stopped.
 */
async function createOne(
  bundle: JobBundle,
  files: JobFiles,
  opened: OpenedService,
  signal: AbortSignal,
): Promise<ServiceJob> {
  const { service } = opened;
  signal.throwIfAborted();
  let request = writeRequest(bundle, files, opened);
  let isOpen = false;
  for (let attempt = 1; ; attempt++) {
    try {
      const job = await service.createJob(request, unbound());
      const only = isOpen ? ((await keepOne(await listMine(bundle, files, opened), opened)) ?? job) : job;
      return await requireWanted(only, opened, signal);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.status === 400 && blames(error, 'metadata') && 'metadata' in request) {
        // Older services know no metadata; their jobs are found by their files.
        request = omit(request, 'metadata');
        continue;
      }
      if (!error.mayHaveActed) throw error;
      isOpen = true;
      const found = await lookForJob(bundle, files, opened);
      if (found !== undefined) return await requireWanted(found, opened, signal);
      if (attempt >= mostAttempts || signal.aborted) throw error;
    }
  }
}

function blames({ param, message }: ServiceError, field: string): boolean {
  return param === field || message.includes(field);
}

async function listMine(
  { runId }: JobBundle,
  { training }: JobFiles,
  { service }: OpenedService,
): Promise<readonly ServiceJob[]> {
  const jobs = await service.listJobs(unbound());
  return jobs.filter(job => job.tag === tagOf(runId) || job.trainingFile === training);
}

async function lookForJob(bundle: JobBundle, files: JobFiles, opened: OpenedService): Promise<ServiceJob | undefined> {
  for (const wait of looks) {
    await opened.clock.sleep(wait, unbound());
    const found = await keepOne(await listMine(bundle, files, opened), opened);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function requireWanted(job: ServiceJob, { service }: OpenedService, signal: AbortSignal): Promise<ServiceJob> {
  if (!signal.aborted) return job;
  const reason: unknown = signal.reason;
  // Whoever has taken the run over finds the job by its tag and goes on with it.
  const isTakenOver = reason instanceof WorkbenchError && reason.code === 'run-lease-lost';
  if (!isTakenOver) await service.cancelJob(job.id, unbound());
  throw reason;
}

function unbound(): AbortSignal {
  return new AbortController().signal;
}

/** OpenAI takes seeds below 2³¹. */
const mostSeeds = 2 ** 31;

/** The request as OpenAI publishes it; `trainingType` is Azure's. */
export function writeRequest(
  { base, name, hyperparameters, seed, runId }: JobBundle,
  { training, validation }: JobFiles,
  { azure }: OpenedService,
): Readonly<Record<string, unknown>> {
  const { epochs, batchSize, learningRateMultiplier } = hyperparameters;
  return {
    model: base.kind === 'service' ? base.model : '',
    training_file: training,
    ...(validation === undefined ? {} : { validation_file: validation }),
    method: {
      type: 'supervised',
      supervised: {
        hyperparameters: {
          n_epochs: epochs,
          ...(batchSize === undefined ? {} : { batch_size: batchSize }),
          ...(learningRateMultiplier === undefined ? {} : { learning_rate_multiplier: learningRateMultiplier }),
        },
      },
    },
    ...suffixOf(name),
    seed: seed % mostSeeds,
    metadata: { [tagKey]: tagOf(runId) },
    ...(azure?.trainingType === undefined ? {} : { trainingType: azure.trainingType }),
  };
}

/** Part of the tuned model's name, for people. Azure takes 18 characters, OpenAI 64. */
function suffixOf(name: string): { readonly suffix?: string } {
  const suffix = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 18)
    .replaceAll(/^-+|-+$/g, '');
  return suffix === '' ? {} : { suffix };
}
