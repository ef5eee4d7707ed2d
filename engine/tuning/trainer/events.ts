import type {
  AspectName,
  AspectPoint,
  TrainerEvent,
  TrainerMeasurement,
  TrainerPhase,
} from '../../../schemas/generated/messages.ts';
import { validateTrainerEvent } from '../../../schemas/generated/validators.js';
import { WorkbenchError } from '../../base/errors.ts';
import { createMetric } from '../../metrics/catalogue.ts';
import { quoteLine } from '../../models/command/quote.ts';
import { inputsOf, type JobBundle, type JobEvent, type LearningInput } from '../platform.ts';
import type { JobUsage } from '../../ports/job-usage.ts';
import { readAnswers } from './answers.ts';
import { failureOf } from './failure.ts';
import { LineCutter } from './lines.ts';
import { locateOutput, refused, type TrainerOutput } from './output.ts';
import { takeResult, type ResultPorts } from './result.ts';

/** What a phase is to the person who waits. */
const phases: Readonly<Record<TrainerPhase['phase'], string>> = {
  preparing: 'Preparing the data',
  loading: 'Loading the base model',
  'measuring-base': 'Measuring the base model',
  training: 'Training',
  answering: 'Answering the test rows',
  exporting: 'Saving the model',
};

const mostNotes = 50;

/**
 * Turns what a trainer writes into a job's events. It may be read from the beginning again: the same lines give the same events. Figures
 * are the workbench's own, of the answers that the trainer wrote down.
 */
export class TrainerEvents {
  readonly #bundle: JobBundle;
  readonly #output: TrainerOutput;
  readonly #ports: ResultPorts;
  readonly #cutter = new LineCutter();
  readonly #notes: string[] = [];
  #isEnded = false;
  #unread = 0;

  constructor(bundle: JobBundle, output: TrainerOutput, ports: ResultPorts) {
    this.#bundle = bundle;
    this.#output = output;
    this.#ports = ports;
  }

  /** Whether the result has come: nothing more is to come after it. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Lines that were no events. */
  get unread(): number {
    return this.#unread;
  }

  /** The lines in bytes of `events.jsonl`, as they come. Half a line waits for its rest. */
  cut(chunk: Uint8Array): readonly string[] {
    return this.#cutter.add(chunk);
  }

  /** The events in bytes of `events.jsonl`. Throws as `takeLine` does. */
  async *takeBytes(chunk: Uint8Array, signal: AbortSignal): AsyncIterable<JobEvent> {
    for (const line of this.cut(chunk)) yield* this.takeLine(line, signal);
  }

  /**
   * The events in one line; none for a heartbeat, and for what is no event. Throws what made the job fail, and `record-tampered` where the
   * trainer says what is not so.
   */
  async *takeLine(line: string, signal: AbortSignal): AsyncIterable<JobEvent> {
    if (this.#isEnded || line.trim() === '') return;
    const event = readEvent(line);
    if (event === undefined) {
      this.#unread += 1;
      return;
    }
    yield* this.#take(event, signal);
  }

  async *#take(event: TrainerEvent, signal: AbortSignal): AsyncIterable<JobEvent> {
    switch (event.event) {
      case 'heartbeat':
        return;
      case 'phase':
        yield { type: 'state', state: 'running', raw: event.phase, phase: describePhase(event) };
        return;
      case 'loss': {
        const { step, epoch, loss, learningRate } = event;
        if (loss === null || !isCount(step) || !isAmount(epoch)) {
          yield { type: 'log', line: `The loss of step ${String(step)} is no finite number.` };
          return;
        }
        const rate = learningRate !== undefined && isAmount(learningRate) ? { learningRate } : {};
        yield { type: 'loss', point: { step, epoch, loss, ...rate } };
        return;
      }
      case 'measurement':
        yield await this.#measure(event, signal);
        return;
      case 'checkpoint':
        yield { type: 'log', line: `Saved the state after step ${String(event.step)}.` };
        return;
      case 'usage':
        yield { type: 'usage', usage: usageOf(event) };
        return;
      case 'note': {
        const note = quoteLine(event.message, 600);
        if (this.#notes.length < mostNotes && !this.#notes.includes(note)) this.#notes.push(note);
        yield { type: 'log', line: note };
        return;
      }
      case 'result': {
        const { checkpoints } = event;
        const result = await takeResult(this.#bundle, event, [...this.#notes], this.#output, this.#ports, signal);
        this.#isEnded = true;
        yield { type: 'log', line: `Took in ${String(checkpoints.length)} checkpoints.` };
        yield { type: 'result', result };
        return;
      }
      case 'failure':
        throw failureOf(this.#bundle.name, event);
    }
  }

  async #measure(event: TrainerMeasurement, signal: AbortSignal): Promise<JobEvent> {
    const { step, epoch, trainingLoss, seconds } = event;
    if (!isCount(step) || !isAmount(epoch)) throw refused('tells of a measurement at no point of the training');
    const inputs = inputsOf(this.#bundle, 'validation');
    const file = await locateOutput(this.#output, event.answers, 'answers', signal);
    const answers = await readAnswers(file, inputs, this.#ports.files, signal);
    const aspects: AspectPoint[] = [];
    for (const input of inputs) {
      if (input.rows.length === 0) continue;
      const measured = event.aspects.find(({ aspect }) => aspect === input.aspect);
      if (measured === undefined) throw refused(`has not measured ${input.aspect}`);
      if (measured.loss === null) throw diverged(this.#bundle, step);
      const scores = this.#score(input, answers.get(input.aspect) ?? new Map<number, string>());
      aspects.push({ aspect: input.aspect, rows: measured.rows, loss: measured.loss, scores });
    }
    if (trainingLoss === null && step > 0) throw diverged(this.#bundle, step);
    const point = {
      epoch,
      step,
      // Before the first step nothing was learnt: the validation rows say what the loss is then.
      trainingLoss: trainingLoss ?? meanLoss(aspects),
      seconds: isAmount(seconds) ? seconds : 0,
      aspects,
    };
    return { type: 'epoch', point, weights: undefined };
  }

  /** Of the rows that were answered. */
  #score({ rows }: LearningInput, answers: ReadonlyMap<number, string>): Record<string, number> {
    const { metrics: entries } = this.#bundle.evaluation;
    const scores: Record<string, number> = {};
    for (const entry of entries) {
      const metric = createMetric(entry, entries);
      const aggregate = metric.startAggregate();
      for (const [row, output] of answers) aggregate.add({ output, target: rows[row]?.label ?? '', row });
      const value = aggregate.point?.();
      if (value !== undefined && Number.isFinite(value)) scores[metric.id] = value;
    }
    return scores;
  }
}

function readEvent(line: string): TrainerEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return validateTrainerEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function describePhase({ phase, resumedStep, totalSteps }: TrainerPhase): string {
  if (phase !== 'training') return phases[phase];
  const steps = totalSteps === undefined ? '' : `, ${String(totalSteps)} steps`;
  return resumedStep === undefined || resumedStep === 0
    ? `Training${steps}`
    : `Training${steps}, going on after step ${String(resumedStep)}`;
}

function usageOf(event: Extract<TrainerEvent, { event: 'usage' }>): JobUsage {
  const { wallSeconds, cpuSeconds, peakMemoryBytes, gpuSeconds, peakGpuMemoryBytes, tokens, hardware, gpu } = event;
  return {
    wallSeconds: amountOf(wallSeconds),
    cpuSeconds: amountOf(cpuSeconds),
    peakMemoryBytes: amountOf(peakMemoryBytes),
    tokens: amountOf(tokens),
    hardware: quoteLine(hardware, 200),
    ...(gpuSeconds === undefined ? {} : { gpuSeconds: amountOf(gpuSeconds) }),
    ...(peakGpuMemoryBytes === undefined ? {} : { peakGpuMemoryBytes: amountOf(peakGpuMemoryBytes) }),
    ...(gpu === undefined ? {} : { gpu: quoteLine(gpu, 200) }),
  };
}

/** Mean over the aspects' rows. */
function meanLoss(
  aspects: readonly { readonly aspect: AspectName; readonly rows: number; readonly loss: number }[],
): number {
  const rows = aspects.reduce((sum, aspect) => sum + aspect.rows, 0);
  return rows === 0 ? 0 : aspects.reduce((sum, { rows: own, loss }) => sum + own * loss, 0) / rows;
}

function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function amountOf(value: number): number {
  return isAmount(value) ? value : 0;
}

function diverged({ name, hyperparameters }: JobBundle, step: number): WorkbenchError {
  return new WorkbenchError(
    'training-diverged',
    `Training ${name} diverged: at step ${String(step)} the loss is no finite number.`,
    { remedy: `Lower \`learningRate\` (it is ${String(hyperparameters.learningRate)}).` },
  );
}
