import type { Checkpoint } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import { inputsOf, type JobBundle, type JobResult } from '../../platform.ts';
import { ServiceError } from './service-error.ts';
import type { OpenedService } from './context.ts';
import type { Curves } from './curves.ts';
import type { ServiceCheckpoint, ServiceJob } from './wire.ts';

/** What a succeeded job made: models that the service keeps. Throws `run-failed` for a job that names none. */
export async function readResult(
  job: ServiceJob,
  kept: readonly ServiceCheckpoint[],
  curves: Curves,
  bundle: JobBundle,
  opened: OpenedService,
  notes: readonly string[],
  signal: AbortSignal,
): Promise<JobResult> {
  const { tunedModel } = job;
  if (tunedModel === undefined) {
    throw new WorkbenchError(
      'run-failed',
      `${opened.connection} says that ${job.id} has succeeded, and names no model.`,
      {
        remedy: 'Look at the job on the service’s own page; resume the run to ask again.',
      },
    );
  }
  const checkpoints = listCheckpoints(tunedModel, kept, curves, opened);
  const best = checkpoints.find(checkpoint => checkpoint.best);
  return {
    checkpoints,
    stoppedEarly: false,
    notes: [
      ...notes,
      ...selectionNotes(bundle, checkpoints),
      ...weightNotes(bundle),
      ...(best === undefined ? [] : await deploymentNotes(best.digest, opened, signal)),
    ],
  };
}

/** The finished model is the last; others are kept where the service keeps them. The best has the lowest measured loss. */
function listCheckpoints(
  tunedModel: string,
  kept: readonly ServiceCheckpoint[],
  curves: Curves,
  { connection, azure }: OpenedService,
): readonly Checkpoint[] {
  const lastStep = Math.max(curves.lastStep ?? 0, ...kept.map(({ figures }) => figures.step));
  const models = new Map<number, string>();
  for (const { figures, model } of kept) models.set(figures.step, model);
  models.set(lastStep, tunedModel);
  const steps = [...models.keys()].sort((one, two) => one - two);
  const losses = steps.flatMap(step => curves.validationLossOf(step) ?? []);
  // Figures of only some of the models do not compare them.
  const lowest = losses.length === steps.length ? Math.min(...losses) : undefined;
  const bestStep =
    lowest === undefined ? lastStep : (steps.find(step => curves.validationLossOf(step) === lowest) ?? lastStep);
  return steps.map(step => {
    const model = models.get(step) ?? tunedModel;
    return {
      epoch: step === lastStep ? curves.epochs : curves.epochOf(step),
      ...{ digest: model, bytes: 0, best: step === bestStep, last: step === lastStep, format: 'service' },
      ...(step === 0 ? {} : { step }),
      service: { connection, model: (step === bestStep ? azure?.deployment : undefined) ?? model },
    };
  });
}

function selectionNotes({ evaluation }: JobBundle, checkpoints: readonly Checkpoint[]): readonly string[] {
  const { metric, label } = evaluation.select;
  if (metric === 'loss') return [];
  const chosen =
    checkpoints.length > 1
      ? 'the model with the lowest loss on the validation rows was chosen'
      : 'its finished model was taken';
  return [`The service measures only the loss while it trains, not ${label}: ${chosen}.`];
}

function weightNotes(bundle: JobBundle): readonly string[] {
  const inputs = inputsOf(bundle, 'train');
  if (inputs.every(({ weight }) => weight === inputs[0]?.weight)) return [];
  return ['The service knows no weights of aspects: every training row counted the same.'];
}

/** Azure serves a tuned model once somebody has deployed it, through its resource manager. */
async function deploymentNotes(
  model: string,
  { azure, service, connection, hostingPrice }: OpenedService,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (azure === undefined) return [];
  const price =
    hostingPrice === undefined
      ? 'A deployment may cost by the hour.'
      : `A deployment costs ${String(hostingPrice)} USD an hour.`;
  const { deployment } = azure;
  if (deployment === undefined) {
    return [
      `Azure serves ${model} once it is deployed, in the portal or with \`az cognitiveservices account deployment create --model-name ${model} --model-format OpenAI --model-version 1\`. Name the deployment as \`deployment\` of the platform or as the model of a connection. ${price}`,
    ];
  }
  const answering = await askDeployment(deployment, service, signal);
  if (answering?.includes(model) === true) return [];
  const what =
    answering === undefined
      ? `there is no deployment ${deployment} yet`
      : `the deployment ${deployment} serves ${answering}`;
  return [
    `${connection}: ${what}. Deploy ${model} as ${deployment} (\`az cognitiveservices account deployment create --deployment-name ${deployment} --model-name ${model} --model-format OpenAI --model-version 1\`) before the tuned model is asked. ${price}`,
  ];
}

async function askDeployment(
  deployment: string,
  service: OpenedService['service'],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await service.askOnce(deployment, signal);
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
