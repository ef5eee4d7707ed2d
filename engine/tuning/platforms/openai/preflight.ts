import type { PreflightFinding } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import { formatNumber, groupDigits } from '../../../reports/format.ts';
import { inputsOf, type JobBundle } from '../../platform.ts';
import { ServiceError } from './service-error.ts';
import { hasEnded, type OpenedService } from './context.ts';
import {
  conversationOf,
  estimateCost,
  estimateTrainingTokens,
  fewestRows,
  mostFileBytes,
  writeUploads,
} from './rows.ts';

/** Why a service cannot train a job, whatever it costs; undefined where nothing speaks against it. */
export function findDataFault(bundle: JobBundle, connection: string): WorkbenchError | undefined {
  const unsuitable = (message: string, remedy: string): WorkbenchError =>
    new WorkbenchError('model-unsuitable', message, { remedy });
  if (bundle.base.kind !== 'service')
    return unsuitable(
      `${connection} trains only the models that it keeps itself.`,
      'Name one as `base: service:MODEL`, or choose another platform.',
    );
  if (bundle.task === 'automatic-speech-recognition')
    return unsuitable(`${connection} does not train on sound.`, 'Choose a platform that runs the trainer.');
  const invalid = (message: string, remedy: string): WorkbenchError =>
    new WorkbenchError('dataset-invalid', message, { remedy });
  const rows = inputsOf(bundle, 'train').flatMap(input => input.rows);
  if (rows.length < fewestRows)
    return invalid(
      `${connection} needs ${String(fewestRows)} training rows, and the job has ${String(rows.length)}.`,
      'Add rows, or take fewer out for test and validation.',
    );
  const silent = rows.filter(
    row => row.label.trim() === '' || conversationOf(row).every(({ content }) => content === ''),
  );
  if (silent.length > 0)
    return invalid(
      `${groupDigits(silent.length)} training rows ask or answer nothing.`,
      'Fill in their columns, or take them out.',
    );
  const large = writeUploads(bundle).find(({ content }) => content.length > mostFileBytes);
  if (large !== undefined)
    return invalid(
      `The rows to ${large.role === 'train' ? 'train on' : 'validate'} make a file of ${String(Math.ceil(large.content.length / 2 ** 20))} MiB, and ${connection} takes 512 MiB.`,
      'Train on fewer or shorter rows.',
    );
  return undefined;
}

/** What can be told of a job before anything of it is uploaded. */
export async function preflightService(
  bundle: JobBundle,
  opened: OpenedService,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  return [
    ...checkData(bundle, opened),
    ...checkPrice(bundle, opened),
    ...(await checkAccount(opened, signal)),
    ...(await checkModel(bundle, opened, signal)),
  ];
}

function checkData(bundle: JobBundle, { connection }: OpenedService): readonly PreflightFinding[] {
  const fault = findDataFault(bundle, connection);
  if (fault !== undefined) return [toFinding('data', fault)];
  const uploads = writeUploads(bundle).map(({ role, rows, content }) => {
    const what = role === 'train' ? 'to train on' : 'to validate';
    return `${groupDigits(rows)} rows ${what} (${groupDigits(Math.ceil(content.length / 1024))} KiB)`;
  });
  const findings: PreflightFinding[] = [
    { check: 'data', level: 'ok', message: `${uploads.join(' and ')} would be uploaded to ${connection}.` },
  ];
  const weights = inputsOf(bundle, 'train').map(({ weight }) => weight);
  if (weights.some(weight => weight !== weights[0]))
    findings.push({
      check: 'data',
      level: 'warning',
      message: 'The service knows no weights of aspects: every training row will count the same.',
    });
  return findings;
}

function checkPrice(bundle: JobBundle, { price, hostingPrice, platform, azure }: OpenedService): PreflightFinding[] {
  const tokens = estimateTrainingTokens(bundle) * bundle.hyperparameters.epochs;
  const cost = estimateCost(bundle, price);
  const counted = `about ${groupDigits(tokens)} tokens (${String(bundle.hyperparameters.epochs)} epochs, an estimate)`;
  const findings: PreflightFinding[] = [];
  if (cost === undefined)
    findings.push({
      ...{ check: 'price', level: bundle.budget === undefined ? 'warning' : 'error' },
      message: `Training on ${counted} costs nobody knows how much${bundle.budget === undefined ? '' : ', and the job has a budget'}.`,
      remedy: `Write what the service takes for a million tokens as \`price\` of ${platform} in workbench.yaml.`,
    });
  else
    findings.push({
      check: 'price',
      level: 'ok',
      message: `Training on ${counted} costs about ${formatNumber(cost, 'USD')}.`,
    });
  if (azure !== undefined || hostingPrice !== undefined)
    findings.push({
      ...{ check: 'price', level: 'warning' },
      message: `The tuned model is served once it is deployed${hostingPrice === undefined ? ', which may cost by the hour' : `, which costs ${String(hostingPrice)} USD an hour`}.`,
      remedy: 'Delete its deployment when it is not asked any more.',
    });
  return findings;
}

async function checkAccount(
  { service, connection, platform }: OpenedService,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  try {
    const active = (await service.listJobs(signal)).filter(({ status }) => !hasEnded(status)).length;
    await service.listFiles(signal);
    const others = active === 0 ? '' : `; ${String(active)} others are under way, and it may make this one wait`;
    return [
      { check: 'credentials', level: 'ok', message: `${connection} accepts the key.` },
      { check: 'scope', level: 'ok', message: 'The key may list files and fine-tuning jobs.' },
      { check: 'quota', level: 'ok', message: `The service takes jobs${others}.` },
    ];
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const check = error.status === 401 ? 'credentials' : error.status === 403 ? 'scope' : 'availability';
    if (error.status !== 404) return [toFinding(error.status === 429 ? 'quota' : check, error)];
    return [
      {
        ...{ check: 'availability', level: 'error', message: `${connection} has no fine-tuning API. ${error.message}` },
        remedy: `Name a connection whose service speaks it as \`connection\` of ${platform}.`,
      },
    ];
  }
}

async function checkModel(
  { base }: JobBundle,
  { service, connection, isOriginal }: OpenedService,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  if (base.kind !== 'service') return [];
  const { model } = base;
  try {
    const found = await service.lookAtModel(model, signal);
    const capabilities = found?.['capabilities'];
    const canTune =
      typeof capabilities === 'object' && capabilities !== null
        ? (capabilities as Readonly<Record<string, unknown>>)['fine_tune']
        : undefined;
    if (canTune === false)
      return [
        { check: 'availability', level: 'error', message: `${connection} says that ${model} cannot be fine-tuned.` },
      ];
    if (found !== undefined) return [{ check: 'availability', level: 'ok', message: `${connection} has ${model}.` }];
    return [
      {
        ...{ check: 'availability', level: isOriginal ? 'error' : 'warning' },
        message: `${connection} does not list the model ${model}.`,
        remedy: 'Check the name in `base`; services write dated names, such as gpt-4o-mini-2024-07-18.',
      },
    ];
  } catch (error) {
    // What keeps the account from being asked has been told already.
    if (error instanceof ServiceError) return [];
    throw error;
  }
}

export function toFinding(check: PreflightFinding['check'], { message, remedy }: WorkbenchError): PreflightFinding {
  return { check, level: 'error', message, ...(remedy === undefined ? {} : { remedy }) };
}
