import type { PreflightFinding } from '../../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { EnvironmentState, MissingEnvironment, Trainer, TrainerEnvironment } from '../../ports/trainer.ts';

/** How to make an environment by hand. */
export const createCommand = 'aiwb tune environment --create';

/** What an environment takes of the disk, roughly: libraries with kernels for accelerators are most of it. */
export const environmentBytes = 8 * 2 ** 30;

/**
 * The environment to train and answer in. It is made where the person has agreed to that, and each step is told. Throws
 * `environment-missing` where nobody has, `environment-unusable` where none can be made.
 */
export async function requireEnvironment(
  trainer: Trainer,
  python: string | undefined,
  onStep: (step: string) => void,
  signal: AbortSignal,
): Promise<TrainerEnvironment> {
  const state = await trainer.inspect(python, signal);
  if (state.state === 'ready') return state.environment;
  if (!state.missing.isPermitted) throw environmentMissing(state.missing);
  return trainer.create(python, onStep, signal);
}

/** @param how it may be installed, as the beginning of a sentence. */
export function environmentMissing(
  { python, version, why }: MissingEnvironment,
  how = `Install them once with \`${createCommand}\``,
): WorkbenchError {
  const lacks = why === undefined ? '' : ` ${python} itself cannot be used as it is: ${why.replace(/[.]$/, '')}.`;
  return new WorkbenchError(
    'environment-missing',
    `Models of Transformers need Python libraries that are not installed yet (a private environment made with ${python}, ${version}; several gigabytes).${lacks}`,
    {
      remedy: `${how}, or name an interpreter that has them with \`python\` of the platform.`,
    },
  );
}

/** What preflight says about the environment. Never throws for what it finds. */
export async function checkEnvironment(
  trainer: Trainer,
  python: string | undefined,
  signal: AbortSignal,
): Promise<PreflightFinding> {
  let state: EnvironmentState;
  try {
    state = await trainer.inspect(python, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { message, remedy } = toWorkbenchError(error);
    return { check: 'environment', level: 'error', message, ...(remedy === undefined ? {} : { remedy }) };
  }
  if (state.state === 'ready')
    return { check: 'environment', level: 'ok', message: `${describeEnvironment(state.environment)}.` };
  if (state.missing.isPermitted) {
    return {
      check: 'environment',
      level: 'warning',
      message: `The trainer’s libraries are installed first, into ${state.missing.folder}: several gigabytes.`,
    };
  }
  const { message, remedy } = environmentMissing(state.missing);
  return { check: 'environment', level: 'error', message, ...(remedy === undefined ? {} : { remedy }) };
}

/** Such as `Python 3.12.4 with torch 2.9.0 and transformers 5.0.0, on cuda (NVIDIA L40S)`. */
export function describeEnvironment({ version, libraries, device, accelerator }: TrainerEnvironment): string {
  const named = ['torch', 'transformers'].flatMap(name => {
    const found = libraries[name];
    return found === undefined ? [] : [`${name} ${found}`];
  });
  const having = named.length === 0 ? '' : ` with ${named.join(' and ')}`;
  return `Python ${version}${having}, on ${device}${accelerator === undefined ? '' : ` (${accelerator})`}`;
}
