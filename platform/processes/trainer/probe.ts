import { quoteLine } from '../../../engine/models/command/quote.ts';
import type { TrainerEnvironment } from '../../../engine/ports/trainer.ts';
import { toWorkbenchError } from '../../../engine/base/errors.ts';
import type { Programs } from '../../../engine/ports/programs.ts';

/** Milliseconds the libraries may take to be loaded: the first time, from a slow disk. */
const patience = 300_000;

export type Probed = { readonly environment: TrainerEnvironment } | { readonly why: string };

/** Asks an interpreter whether it can train: `python -m aiwb_trainer check`, which prints one line of JSON. */
export async function probeEnvironment(
  python: string,
  trainerFolder: string,
  programs: Programs,
  signal: AbortSignal,
): Promise<Probed> {
  try {
    const { status, output, errors, timedOut } = await programs.run(
      [python, '-m', 'aiwb_trainer', 'check'],
      { folder: trainerFolder, timeout: patience },
      signal,
    );
    if (timedOut) return { why: 'its libraries were not loaded within five minutes' };
    const told = readCheck(output);
    if (status === 0 && told !== undefined) return { environment: { python, ...told } };
    const reason = reasonIn(output) ?? lastLine(errors);
    return { why: reason === '' ? `its check ended with status ${String(status)}` : reason };
  } catch (error) {
    signal.throwIfAborted();
    return { why: toWorkbenchError(error).message };
  }
}

/** What the check says; undefined for what it cannot have printed. */
function readCheck(output: string): Omit<TrainerEnvironment, 'python'> | undefined {
  const told = parse(output);
  if (told === undefined) return undefined;
  const version = told['python'];
  const device = told['device'];
  const libraries = told['libraries'];
  if (typeof version !== 'string' || typeof device !== 'string') return undefined;
  const { accelerator, memoryBytes, acceleratorBytes } = {
    accelerator: told['accelerator'] ?? told['gpu'],
    memoryBytes: told['memoryBytes'],
    acceleratorBytes: told['acceleratorBytes'] ?? told['gpuMemoryBytes'],
  };
  return {
    version: quoteLine(version, 40),
    device: quoteLine(device, 40),
    libraries: Object.fromEntries(
      Object.entries(isRecord(libraries) ? libraries : {}).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, quoteLine(value, 60)]] : [],
      ),
    ),
    ...(typeof accelerator === 'string' ? { accelerator: quoteLine(accelerator, 120) } : {}),
    ...(typeof memoryBytes === 'number' ? { memoryBytes } : {}),
    ...(typeof acceleratorBytes === 'number' ? { acceleratorBytes } : {}),
  };
}

/** Why the check failed, in its own words. */
function reasonIn(output: string): string | undefined {
  const told = parse(output);
  const reason = told?.['reason'] ?? told?.['error'] ?? told?.['message'];
  if (typeof reason === 'string') return quoteLine(reason, 600);
  const problems = told?.['problems'];
  return Array.isArray(problems) && problems.length > 0 ? quoteLine(problems.map(String).join('; '), 600) : undefined;
}

function parse(output: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lastLine(text: string): string {
  return quoteLine(text.trim().split('\n').at(-1) ?? '', 600);
}
