import type { EpochPoint, LossPoint } from '../../../../schemas/generated/messages.ts';
import { decodeBase64 } from '../../../base/base64.ts';
import { inputsOf, type JobBundle } from '../../platform.ts';
import { validationRowsOf } from './rows.ts';
import { readFigures, type ServiceJob, type StepFigures } from './wire.ts';

/**
 * The learning curves of one job, gathered from what its events, checkpoints and result file tell of each step. Points come out once, in
 * the order of their steps; what turns up late for an earlier step is left out.
 */
export class Curves {
  readonly #bundle: JobBundle;
  readonly #steps = new Map<number, StepFigures>();
  readonly #times = new Map<number, number>();
  readonly #startedAt: number;
  #epochs: number;
  #totalSteps: number | undefined;
  #batchSize: number | undefined;
  #lastLoss = 0;
  #lastEpoch = 0;
  #lastMeasuredAt: number;

  /** `startedAt` is milliseconds since the epoch. */
  constructor(bundle: JobBundle, startedAt: number) {
    this.#bundle = bundle;
    this.#epochs = bundle.hyperparameters.epochs;
    this.#startedAt = startedAt;
    this.#lastMeasuredAt = startedAt;
  }

  /** What the service chose, once it tells. */
  learn({ epochs, batchSize }: ServiceJob): void {
    this.#epochs = epochs ?? this.#epochs;
    this.#batchSize = batchSize ?? this.#batchSize;
  }

  /** `at`: when the service measured them, milliseconds since the epoch. */
  add(figures: StepFigures, at?: number): void {
    const known = this.#steps.get(figures.step);
    this.#steps.set(figures.step, { ...known, ...figures });
    if (at !== undefined && !this.#times.has(figures.step)) this.#times.set(figures.step, at);
    this.#totalSteps = figures.totalSteps ?? this.#totalSteps;
  }

  /** Losses of steps that were not told yet. */
  takeLosses(): readonly LossPoint[] {
    const points: LossPoint[] = [];
    for (const { step, trainingLoss } of this.#sorted()) {
      if (step <= this.#lastLoss || trainingLoss === undefined) continue;
      this.#lastLoss = step;
      points.push({ step, epoch: this.epochOf(step), loss: trainingLoss });
    }
    return points;
  }

  /**
   * Measurements that were not told yet: steps after which all validation rows were measured, and once the job has ended (`isLast`) also the
   * last step of each epoch. `at` is the wall clock in milliseconds, for those whose time the
   * service does not tell.
   */
  takeEpochs(isLast: boolean, at: number): readonly EpochPoint[] {
    const points: EpochPoint[] = [];
    const sorted = this.#sorted();
    for (const figures of sorted) {
      const { step, validationLoss } = figures;
      if (step <= this.#lastEpoch) continue;
      if (validationLoss === undefined && !(isLast && this.#endsEpoch(step, sorted.at(-1)?.step))) continue;
      const trainingLoss = this.#trainingLoss(step);
      if (trainingLoss === undefined) continue;
      const measuredAt = this.#times.get(step) ?? at;
      points.push({
        ...{ epoch: this.epochOf(step), step, trainingLoss, aspects: this.#aspectsOf(figures) },
        seconds: Math.max(0, measuredAt - this.#lastMeasuredAt) / 1000,
      });
      this.#lastEpoch = step;
      this.#lastMeasuredAt = Math.max(measuredAt, this.#lastMeasuredAt);
    }
    return points;
  }

  /** Epochs after so many steps, to three digits. */
  epochOf(step: number): number {
    return Math.round((step / this.#stepsPerEpoch()) * 1000) / 1000;
  }

  /** The loss of the validation rows after a step, of all of them where the service measured that. */
  validationLossOf(step: number): number | undefined {
    return this.#steps.get(step)?.validationLoss;
  }

  get lastStep(): number | undefined {
    return this.#sorted().at(-1)?.step ?? this.#totalSteps;
  }

  get epochs(): number {
    return this.#epochs;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  #sorted(): readonly StepFigures[] {
    return [...this.#steps.values()].sort((one, two) => one.step - two.step);
  }

  #stepsPerEpoch(): number {
    if (this.#totalSteps !== undefined) return Math.max(1, this.#totalSteps / this.#epochs);
    const rows = inputsOf(this.#bundle, 'train').reduce((sum, input) => sum + input.rows.length, 0);
    return Math.max(1, Math.ceil(rows / (this.#batchSize ?? this.#bundle.hyperparameters.batchSize ?? 1)));
  }

  #endsEpoch(step: number, last: number | undefined): boolean {
    const perEpoch = this.#stepsPerEpoch();
    return step === last || step === Math.round(Math.round(step / perEpoch) * perEpoch);
  }

  /** Mean over the steps since the measurement before; the step's own where none is known. */
  #trainingLoss(step: number): number | undefined {
    const losses = this.#sorted().flatMap(figures =>
      figures.step > this.#lastEpoch && figures.step <= step && figures.trainingLoss !== undefined
        ? [figures.trainingLoss]
        : [],
    );
    return losses.length === 0 ? undefined : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  #aspectsOf({ validationLoss, sampledLoss }: StepFigures): EpochPoint['aspects'] {
    const loss = validationLoss ?? sampledLoss;
    const all = validationRowsOf(this.#bundle).length;
    if (loss === undefined || all === 0) return [];
    // A service that measures a sample takes a batch of it.
    const rows = validationLoss === undefined ? Math.min(all, this.#batchSize ?? 1) : all;
    return [{ aspect: this.#bundle.evaluation.select.aspect, rows, loss, scores: {} }];
  }
}

const mostLines = 5_000_000;

/** A result file: a table with a line of names, `step` among them. OpenAI serves it in base64. None for anything else. */
export function readResultFile(bytes: Uint8Array): readonly StepFigures[] {
  const text = new TextDecoder().decode(bytes);
  const plain = text.includes(',') ? text : decodeText(text);
  const [head = '', ...lines] = plain.split(/\r?\n/, mostLines);
  const names = head
    .replace(/^\uFEFF/, '')
    .split(',')
    .map(name => name.trim().toLowerCase());
  if (!names.includes('step')) return [];
  return lines.flatMap(line => {
    const cells = line.split(',');
    const pairs = names.flatMap((name, at) => {
      const cell = cells[at]?.trim() ?? '';
      return cell === '' || !Number.isFinite(Number(cell)) ? [] : [[name, Number(cell)] as const];
    });
    const figures = readFigures(Object.fromEntries(pairs));
    return figures === undefined ? [] : [figures];
  });
}

function decodeText(text: string): string {
  const bytes = decodeBase64(text.trim().replace(/^"|"$/g, ''));
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}
