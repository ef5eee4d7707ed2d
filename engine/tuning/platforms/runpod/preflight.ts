import type { PreflightFinding } from '../../../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/suggest.ts';
import type { JobBundle } from '../../platform.ts';
import { PlatformRefusal } from '../../machines/rest.ts';
import type { RunPodWishes } from './machines.ts';
import type { GpuType } from './wire.ts';

interface RunPodAnswers {
  listAll(signal: AbortSignal): Promise<readonly { readonly tag: string }[]>;
  listGpus(bundle: JobBundle, signal: AbortSignal): Promise<readonly GpuType[]>;
}

/** What RunPod tells before a pod is asked for. Whether a key may create pods is told by no request but that one. */
export async function inspectRunPod(
  name: string,
  wishes: RunPodWishes,
  answers: RunPodAnswers,
  bundle: JobBundle,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  try {
    await answers.listAll(signal);
  } catch (error) {
    signal.throwIfAborted();
    return [failed(error instanceof PlatformRefusal && error.status === 403 ? 'scope' : 'credentials', error)];
  }
  const findings: PreflightFinding[] = [
    { check: 'credentials', level: 'ok', message: `RunPod accepts the key of ${name}, and it may list pods.` },
  ];
  try {
    const gpus = await answers.listGpus(bundle, signal);
    return [...findings, ...judgeGpus(wishes, gpus)];
  } catch (error) {
    signal.throwIfAborted();
    return [...findings, failed('availability', error)];
  }
}

function judgeGpus({ gpus, count, cloud, dataCenters }: RunPodWishes, known: readonly GpuType[]): PreflightFinding[] {
  const findings: PreflightFinding[] = [];
  const available: string[] = [];
  const missing: string[] = [];
  for (const gpu of gpus) {
    const found = known.find(({ id }) => id === gpu);
    if (found === undefined) {
      const ids = known.map(({ id }) => id);
      const message = `RunPod knows no GPU "${gpu}"${didYouMean(gpu, ids)}.`;
      findings.push({
        check: 'availability',
        level: 'error',
        message,
        remedy: `It has: ${ids.slice(0, 40).join(', ')}.`,
      });
    } else if (found.most !== undefined && count > found.most) {
      const message = `A pod has at most ${String(found.most)} × ${gpu} in the ${cloud} cloud.`;
      findings.push({ check: 'quota', level: 'error', message, remedy: 'Lower `count`.' });
    } else if (found.isAvailable === false) missing.push(gpu);
    else available.push(`${gpu} (${(found.availability ?? 'not told').toLowerCase()})`);
  }
  const where = dataCenters.length === 0 ? `the ${cloud} cloud` : dataCenters.join(', ');
  if (available.length > 0) {
    const message = `Available in ${where}: ${available.join(', ')}.`;
    findings.push({ check: 'availability', level: 'ok', message });
  } else if (missing.length > 0) {
    findings.push({
      check: 'availability',
      level: 'error',
      message: `None is to be had in ${where} now: ${missing.join(', ')}.`,
      remedy: 'Try again later, or name further GPUs, other data centres or the other cloud.',
    });
  }
  return findings;
}

function failed(check: PreflightFinding['check'], error: unknown): PreflightFinding {
  const { message, remedy } = toWorkbenchError(error);
  return { check, level: 'error', message, ...(remedy === undefined ? {} : { remedy }) };
}
