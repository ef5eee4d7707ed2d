import type { PreflightFinding } from '../../../schemas/generated/messages.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { RunPorts } from '../../runs/ports.ts';
import { findAccelerator, type Accelerator } from '../accelerators.ts';
import { createHubReader } from '../hub.ts';
import { estimateMemory, type MemoryQuestion, type ModelShape } from '../memory.ts';
import { readModelShape } from '../model-shape.ts';
import type { TuningPlan } from '../plan.ts';

const gib = 2 ** 30;

/** Whether the training fits into the memory of what it runs on, by estimate, and what to change where it does not. */
export async function checkMemory(
  plan: TuningPlan,
  ports: RunPorts,
  blobs: Blobs | undefined,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  const { base, job } = plan;
  if (base.kind === 'embedded' || base.kind === 'service') return [];
  const { shape, why = 'Its size is not known.' } = await readModelShape(
    base,
    { files: ports.files, blobs, hub: createHubReader(ports) },
    signal,
  );
  if (shape === undefined)
    return [{ check: 'memory', level: 'warning', message: `How much memory ${job.base} takes is not known. ${why}` }];
  const question = questionOf(plan, shape);
  const devices = devicesOf(plan);
  const needed = estimateMemory(question).total;
  const what = `Training ${job.base} (${formatParameters(shape.parameters)} parameters) takes about ${formatGib(needed)} of memory, by estimate`;
  if (devices.length === 0) return [{ check: 'memory', level: 'ok', message: `${what}.` }];
  return devices.map(device => judge(question, needed, what, device));
}

function judge(question: MemoryQuestion, needed: number, what: string, device: Accelerator): PreflightFinding {
  const has = `${device.name} has ${formatGib(device.memory)}`;
  if (needed <= device.memory) return { check: 'memory', level: 'ok', message: `${what}; ${has}.` };
  const change = findChange(question, device.memory);
  const fitting = change === undefined ? 'Choose an accelerator with more memory, or a smaller base.' : change;
  return { check: 'memory', level: 'warning', message: `${what}, and ${has}.`, remedy: fitting };
}

/** The smallest change with which the training fits: fewer rows at a time, activations computed again, or an adapter. */
export function findChange(question: MemoryQuestion, memory: number): string | undefined {
  const fits = (change: Partial<MemoryQuestion>): boolean => estimateMemory({ ...question, ...change }).total <= memory;
  const sizes = halvings(question.batchSize);
  const batch = (size: number): string =>
    `hyperparameters.batchSize: ${String(size)}, with gradientAccumulation: ${String(Math.round(question.batchSize / size))} to learn as before`;
  const smaller = sizes.find(batchSize => fits({ batchSize }));
  if (smaller !== undefined) return `It fits with ${batch(smaller)}.`;
  if (!question.gradientCheckpointing) {
    if (fits({ gradientCheckpointing: true })) return 'It fits with hyperparameters.gradientCheckpointing: true.';
    const both = sizes.find(batchSize => fits({ gradientCheckpointing: true, batchSize }));
    if (both !== undefined) return `It fits with hyperparameters.gradientCheckpointing: true and ${batch(both)}.`;
  }
  if (question.method === 'lora') return undefined;
  const lora = { method: 'lora', rank: 16 } as const;
  if (fits(lora)) return 'It fits with `method: lora`.';
  const all = [question.batchSize, ...sizes].find(batchSize =>
    fits({ ...lora, gradientCheckpointing: true, batchSize }),
  );
  if (all === undefined) return undefined;
  const rows = all === question.batchSize ? '' : ` and hyperparameters.batchSize: ${String(all)}`;
  return `It fits with \`method: lora\`, hyperparameters.gradientCheckpointing: true${rows}.`;
}

function halvings(size: number): readonly number[] {
  const sizes: number[] = [];
  for (let next = Math.floor(size / 2); next >= 1; next = Math.floor(next / 2)) sizes.push(next);
  return sizes;
}

function questionOf({ task, method, hyperparameters, platform }: TuningPlan, shape: ModelShape): MemoryQuestion {
  const { batchSize = 8, maxLength = 1024, precision = 'auto', gradientCheckpointing = false } = hyperparameters;
  // Where nobody says otherwise, accelerators compute in bfloat16, and a machine without one in float32.
  const { settings } = platform;
  const mayUseProcessor = settings.type === 'local' && settings.device !== 'cuda';
  const usual = mayUseProcessor ? 'float32' : 'bfloat16';
  return {
    ...shape,
    ...{ task, method: method.name, batchSize, maxLength, gradientCheckpointing },
    onProcessor: mayUseProcessor,
    ...(method.name === 'lora' ? { rank: method.rank } : {}),
    precision: precision === 'auto' ? usual : precision,
  };
}

/** The accelerators that the job or its platform names, as far as they are known. */
function devicesOf({ job: { hardware }, platform: { settings } }: TuningPlan): readonly Accelerator[] {
  const declared = settings.type === 'runpod' ? settings.gpu : settings.type === 'denvr' ? settings.configuration : [];
  const names = hardware?.gpu ?? declared;
  const found = (typeof names === 'string' ? [names] : names).flatMap(name => findAccelerator(name) ?? []);
  return [...new Set(found)];
}

function formatGib(bytes: number): string {
  const size = bytes / gib;
  return `${size < 10 ? size.toFixed(1) : size.toFixed(0)} GiB`;
}

function formatParameters(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} billion` : `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} million`;
}
